#include "handlers/admin/endpoints.h"

#include "handlers/routing/answer.h"
#include "store/books/usage_report.h"

namespace gatehouse::handlers {

namespace {

core::Result<std::string> report(const OperatorServices& services, const Query& query) {
  const store::UsageTerms terms{query.value("since"), query.value("until"), query.value("by"),    query.value("client"),
                                query.value("key"),   query.value("model"), query.value("limit"), query.value("after")};
  GH_ASSIGN(const auto question, store::usage_question(terms, services.ledger.now().day()));
  GH_ASSIGN(const auto page, store::usage_of(services.data_dir, question));
  return store::usage_json(page, question);
}

}  // namespace

void admin_usage(const OperatorServices& services, const Query& query, net::Response& response, const std::string& id) {
  const core::Result<std::string> json = report(services, query);
  if (!json.ok()) return send_error(response, json.status(), id);
  send_json(response, 200, id, *json);
}

}  // namespace gatehouse::handlers
