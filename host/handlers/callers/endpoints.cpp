#include "handlers/callers/endpoints.h"

#include <array>

#include "dialects/anthropic/anthropic_messages.h"
#include "dialects/embeddings.h"
#include "dialects/gateway_chat.h"
#include "dialects/openai_chat.h"
#include "dialects/responses/openai_responses.h"
#include "handlers/callers/caller_identity.h"
#include "handlers/callers/chat.h"
#include "handlers/routing/answer.h"
#include "handlers/routing/health.h"

namespace gatehouse::handlers {

namespace {

std::span<const ChatEndpoint> chat_endpoints() {
  static const dialects::GatewayChat gateway_chat;
  static const dialects::OpenAiChat openai_chat;
  static const dialects::OpenAiResponses openai_responses;
  static const dialects::AnthropicMessages anthropic_messages;
  static const dialects::Embeddings embeddings;
  static const std::array all{
      ChatEndpoint{"/v1/chat", gateway_chat, LimitStyle::openai},
      ChatEndpoint{"/v1/chat/completions", openai_chat, LimitStyle::openai},
      ChatEndpoint{"/v1/embeddings", embeddings, LimitStyle::openai},
      ChatEndpoint{"/v1/responses", openai_responses, LimitStyle::openai},
      ChatEndpoint{"/v1/messages", anthropic_messages, LimitStyle::anthropic},
  };
  return all;
}

// Finds out who asks; nobody's body is read before. `refuse` answers in the endpoint's dialect.
template <class Refuse>
Gate gate(const CallerServices& services, Refuse refuse) {
  return [&services, refuse](const net::Request& request, net::Response& response, Visitor& visitor) {
    core::Result<core::Caller> caller = authenticate(request, services.auth, services.keys);
    if (!caller.ok()) {
      refuse(request, response, visitor.id, caller.status());
      return false;
    }
    visitor.caller = *std::move(caller);
    return true;
  };
}

}  // namespace

void add_caller_endpoints(Router& router, const CallerServices& services, Unready unready) {
  // Clients differ in whether their base URL ends in /v1.
  const auto add = [&](std::string_view method, std::string_view path, const Endpoint& endpoint, const Gate& gate) {
    constexpr std::string_view kVersion = "/v1";
    router.add(method, std::string(path), endpoint, gate);
    router.add(method, std::string(path.substr(kVersion.size())), endpoint, gate);
  };
  for (const ChatEndpoint& endpoint : chat_endpoints())
    add("POST", endpoint.route, std::bind_front(chat, std::cref(services), std::cref(endpoint)),
        gate(services, std::bind_front(refuse_chat, std::cref(services), std::cref(endpoint))));
  add("POST", "/v1/messages/count_tokens", std::bind_front(count_tokens, std::cref(services)),
      gate(services, refuse_count_tokens));
  const Gate models_gate = gate(services, [](const net::Request&, net::Response& response, const std::string& id,
                                             const core::Status& why) { send_error(response, why, id); });
  for (const std::string_view path : {"/v1/models", "/v1/models/*"})
    add("GET", path, std::bind_front(models, std::cref(services)), models_gate);
  add_health(router, std::move(unready));
}

}  // namespace gatehouse::handlers
