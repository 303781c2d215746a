#include "handlers/endpoints.h"

#include "dialects/anthropic_messages.h"
#include "dialects/embeddings.h"
#include "dialects/gateway_chat.h"
#include "dialects/openai_chat.h"
#include "dialects/openai_responses.h"
#include "handlers/admin_limits.h"
#include "handlers/admin_metrics.h"
#include "handlers/admin_plugins.h"
#include "handlers/admin_reload.h"
#include "handlers/admin_usage.h"
#include "handlers/chat.h"
#include "handlers/count_tokens.h"
#include "handlers/dashboard.h"
#include "handlers/health.h"
#include "handlers/models.h"

namespace gatehouse::handlers {

namespace {

// On both sides: the operators' one answers also while the callers' one drains.
void add_health(Router& router, const std::atomic<bool>& draining) {
  router.add("GET", "/healthz", [] { return std::make_unique<Health>(); });
  router.add("GET", "/readyz", [&draining] { return std::make_unique<Readiness>(draining); });
}

}  // namespace

void add_caller_endpoints(Router& router, const Services& services, const std::atomic<bool>& draining) {
  static const dialects::GatewayChat gateway_chat;
  static const dialects::OpenAiChat openai_chat;
  static const dialects::OpenAiResponses openai_responses;
  static const dialects::AnthropicMessages anthropic_messages;
  static const dialects::Embeddings embeddings;
  // Clients differ in whether their base URL ends in /v1.
  for (const std::string base : {"/v1", ""}) {
    router.add("POST", base + "/chat", [&] { return std::make_unique<Chat>(services, gateway_chat, "/v1/chat"); });
    router.add("POST", base + "/chat/completions",
               [&] { return std::make_unique<Chat>(services, openai_chat, "/v1/chat/completions"); });
    router.add("POST", base + "/embeddings",
               [&] { return std::make_unique<Chat>(services, embeddings, "/v1/embeddings"); });
    router.add("POST", base + "/responses",
               [&] { return std::make_unique<Chat>(services, openai_responses, "/v1/responses"); });
    router.add("POST", base + "/messages", [&] {
      return std::make_unique<Chat>(services, anthropic_messages, "/v1/messages", LimitStyle::anthropic);
    });
    router.add("POST", base + "/messages/count_tokens", [&] { return std::make_unique<CountTokens>(services); });
    router.add("GET", base + "/models", [&] { return std::make_unique<Models>(services); });
    router.add("GET", base + "/models/*", [&] { return std::make_unique<Models>(services); });
  }
  add_health(router, draining);
}

void add_operator_endpoints(Router& router, const Services& services, const std::atomic<bool>& draining) {
  add_health(router, draining);
  router.add("GET", "/", [] { return std::make_unique<Dashboard>(); });
  router.open("/");  // it asks for the token
  router.add("GET", "/metrics", [&] { return std::make_unique<AdminMetrics>(services); });
  router.add("GET", "/admin/generations", [&] { return std::make_unique<AdminGenerations>(services); });
  router.add("POST", "/admin/reload", [&] { return std::make_unique<AdminReload>(services); });
  router.add("POST", "/admin/promote", [&] { return std::make_unique<AdminPromote>(services); });
  router.add("GET", "/admin/plugins", [&] { return std::make_unique<AdminPlugins>(services); });
  router.add("GET", "/admin/usage", [&] { return std::make_unique<AdminUsage>(services); });
  router.add("GET", "/admin/limits", [&] { return std::make_unique<AdminLimits>(services); });
}

}  // namespace gatehouse::handlers
