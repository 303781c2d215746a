#include "handlers/admin/endpoints.h"

#include <Poco/Exception.h>
#include <Poco/URI.h>

#include "handlers/routing/answer.h"
#include "store/usage_report.h"

namespace gatehouse::handlers {

namespace {

core::Result<std::string> report(const net::Request& request, const OperatorServices& services) try {
  std::string since, by;
  const Poco::URI uri{std::string(request.path_and_query())};
  for (const auto& [name, value] : uri.getQueryParameters()) {
    if (name != "since" && name != "by") {
      return core::Status(core::Code::invalid_request, "'" + name + "' is not understood; there are since and by");
    }
    (name == "since" ? since : by) = value;
  }
  GH_ASSIGN(const auto question, store::usage_question(since, by, services.ledger.now().day()));
  GH_ASSIGN(const auto lines, store::usage_of(services.data_dir, question));
  return store::usage_json(lines, question);
} catch (const Poco::Exception& error) {
  return core::Status(core::Code::invalid_request, "The query cannot be decoded: " + error.message());
}

}  // namespace

void admin_usage(const OperatorServices& services, net::Request& request, net::Response& response, const std::string& id) {
  const core::Result<std::string> json = report(request, services);
  if (!json.ok()) return send_error(response, json.status(), id);
  send_json(response, 200, id, *json);
}

}  // namespace gatehouse::handlers
