#include "handlers/admin/endpoints.h"

#include "handlers/routing/health.h"

namespace gatehouse::handlers {

void admin_metrics(const OperatorServices& services, net::Request&, net::Response& response, const std::string& id) {
  response.add_field("content-type", "text/plain; version=0.0.4; charset=utf-8");
  response.add_field("x-request-id", id);
  // A client that left is noticed by the connection.
  (void)response.send_body(services.metrics.text(*services.registry.current(), services.reloader,
                                                 services.server_counters(), services.ledger.shared()));
}

void add_operator_endpoints(Router& router, const OperatorServices& services, const std::atomic<bool>& draining) {
  add_health(router, draining);
  const auto add = [&](std::string_view method, std::string path, auto* endpoint) {
    router.add(method, std::move(path), std::bind_front(endpoint, std::cref(services)));
  };
  add("GET", "/", dashboard);
  router.open("/");  // it asks for the token
  add("GET", "/metrics", admin_metrics);
  add("GET", "/admin/generations", admin_generations);
  add("GET", "/admin/limits", admin_limits);
  add("GET", "/admin/plugins", admin_plugins);
  add("GET", "/admin/usage", admin_usage);
  add("POST", "/admin/promote", admin_promote);
  add("POST", "/admin/reload", admin_reload);
}

}  // namespace gatehouse::handlers
