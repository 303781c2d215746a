#include "handlers/callers/request_record.h"

#include "core/text/identifier.h"
#include "handlers/routing/client_address.h"

namespace gatehouse::handlers {

core::Record record_of(const net::Request& request, const std::string& id, std::string_view route,
                       std::string_view dialect, const core::AddressRanges& trusted_proxies) {
  core::Record record;
  record.began = std::chrono::system_clock::now();
  record.request_id = id;
  // The caller's own id may come twice, the record's may not.
  record.id = request.header("x-request-id") == id ? core::new_exchange_id(record.began) : id;
  record.trace = core::TraceContext::from(request.header("traceparent"));
  record.remote_addr = client_address(request, trusted_proxies);
  record.method = "POST";
  record.route = route;
  record.dialect = dialect;
  record.bytes_in = request.body().size();
  return record;
}

}  // namespace gatehouse::handlers
