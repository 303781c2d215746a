#include "handlers/routing/health.h"

#include "handlers/routing/answer.h"

namespace gatehouse::handlers {

void add_health(Router& router, Unready unready) {
  router.add_light("GET", "/healthz", [](net::Response& response, const std::string& id) {
    send_json(response, 200, id, R"({"status":"ok"})");
  });
  router.add_light("GET", "/readyz", [unready = std::move(unready)](net::Response& response, const std::string& id) {
    const std::string why(unready());
    send_json(response, why.empty() ? 200 : 503, id, R"({"status":")" + (why.empty() ? "ready" : why) + R"("})");
  });
}

}  // namespace gatehouse::handlers
