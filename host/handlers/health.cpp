#include "handlers/health.h"

#include "core/identifier.h"

namespace gatehouse::handlers {

void Health::handle(net::Request& request, net::Response& response) {
  send_json(response, 200, request_id(request, core::new_exchange_id()), R"({"status":"ok"})");
}

void Readiness::handle(net::Request& request, net::Response& response) {
  const bool ready = !draining_.load();
  send_json(response, ready ? 200 : 503, request_id(request, core::new_exchange_id()),
            ready ? R"({"status":"ready"})" : R"({"status":"draining"})");
}

}  // namespace gatehouse::handlers
