#include "handlers/admin/endpoints.h"

#include "handlers/routing/answer.h"
#include "store/books/usage_report.h"

namespace gatehouse::handlers {

namespace {

core::Result<std::string> report(const OperatorServices& services, const Query& query) {
  GH_ASSIGN(const auto question,
            store::usage_question(query.value("since"), query.value("by"), services.ledger.now().day()));
  GH_ASSIGN(const auto lines, store::usage_of(services.data_dir, question));
  return store::usage_json(lines, question);
}

}  // namespace

void admin_usage(const OperatorServices& services, const Query& query, net::Response& response, const std::string& id) {
  const core::Result<std::string> json = report(services, query);
  if (!json.ok()) return send_error(response, json.status(), id);
  send_json(response, 200, id, *json);
}

}  // namespace gatehouse::handlers
