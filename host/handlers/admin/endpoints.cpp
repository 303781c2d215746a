#include "handlers/admin/endpoints.h"

#include <string_view>
#include <vector>

#include "handlers/routing/answer.h"
#include "handlers/routing/client_address.h"
#include "handlers/routing/health.h"

namespace gatehouse::handlers {

namespace {

// With the query read, or refused.
Endpoint reading_query(OperatorEndpoint* endpoint, const OperatorServices& services,
                       std::vector<std::string_view> parameters) {
  return [endpoint, &services, parameters = std::move(parameters)](net::Request& request, net::Response& response,
                                                                   const Visitor& visitor) {
    const core::Result<Query> query = Query::read(request.path_and_query(), parameters);
    if (!query.ok()) return send_error(response, query.status(), visitor.id);
    endpoint(services, *query, response, visitor.id);
  };
}

}  // namespace

void admin_metrics(const OperatorServices& services, const Query&, net::Response& response, const std::string& id) {
  response.add_field("content-type", "text/plain; version=0.0.4; charset=utf-8");
  response.add_field("x-request-id", id);
  // A client that left is noticed by the connection.
  (void)response.send_body(services.metrics.text(*services.registry.current(), services.reloader,
                                                 services.server_counters(), services.ledger, services.warnings,
                                                 services.bookkeeper.health().ok()));
}

void add_operator_endpoints(Router& router, const OperatorServices& services, Unready unready) {
  add_health(router, std::move(unready));
  const auto add = [&](std::string_view method, std::string path, OperatorEndpoint* endpoint,
                       std::vector<std::string_view> parameters = {}) {
    router.add(method, std::move(path), reading_query(endpoint, services, std::move(parameters)));
  };
  add("GET", "/", dashboard);
  add("GET", "/metrics", admin_metrics);
  add("GET", "/admin/generations", admin_generations);
  add("GET", "/admin/limits", admin_limits, {"per", "name", "limit", "offset"});
  add("GET", "/admin/limits/corrections", admin_limits_corrections);
  add("GET", "/admin/plugins", admin_plugins);
  add("GET", "/admin/prices", admin_prices);
  add("GET", "/admin/usage", admin_usage, {"since", "until", "by", "client", "key", "model", "limit", "after"});
  add("POST", "/admin/limits/credit", admin_limits_credit, {"per", "name", "match", "limit", "amount", "reason"});
  add("POST", "/admin/limits/reset", admin_limits_reset, {"per", "name", "match", "limit", "reason"});
  add("POST", "/admin/promote", admin_promote, {"policy"});
  add("POST", "/admin/reload", admin_reload, {"retry?"});
  // Probes hold no token, and the dashboard asks for it.
  for (const std::string_view path : {"/", "/healthz", "/readyz"}) router.open(path);
  router.guard([&services](const net::Request& request) {
    return services.tokens.admit(request.method(), request.header("authorization"),
                                 client_address(request, services.trusted_proxies));
  });
}

}  // namespace gatehouse::handlers
