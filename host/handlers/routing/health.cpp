#include "handlers/routing/health.h"

#include "handlers/routing/answer.h"

namespace gatehouse::handlers {

void add_health(Router& router, const std::atomic<bool>& draining) {
  router.add("GET", "/healthz", [](net::Request&, net::Response& response, const std::string& id) {
    send_json(response, 200, id, R"({"status":"ok"})");
  });
  router.add("GET", "/readyz", [&draining](net::Request&, net::Response& response, const std::string& id) {
    const bool ready = !draining.load();
    send_json(response, ready ? 200 : 503, id, ready ? R"({"status":"ready"})" : R"({"status":"draining"})");
  });
}

}  // namespace gatehouse::handlers
