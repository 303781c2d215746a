// What an operator gives back, and why.
#include <Poco/Logger.h>

#include <chrono>
#include <string>

#include "config/yaml/units.h"
#include "core/text/json_writer.h"
#include "core/text/visible.h"
#include "handlers/admin/endpoints.h"
#include "handlers/admin/limit_query.h"
#include "handlers/routing/answer.h"
#include "limits/accounts/account_name.h"
#include "store/books/books.h"
#include "store/books/corrections.h"

namespace gatehouse::handlers {

using core::JsonArray;
using core::JsonObject;
using core::Result;
using limits::Correction;

namespace {

constexpr std::int64_t kShown = 100;  // corrections

Result<std::int64_t> read_amount(const Query& query, const core::DimensionInfo& row) {
  const std::string text = query.value("amount");
  const auto amount = row.is_money() ? config::parse_dollars(text) : config::parse_integer(text);
  if (amount && *amount > 0) return *amount;
  return unfit_parameter("amount", row.is_money() ? "dollars, such as 12.5" : "a whole number from 1");
}

Result<Correction> read_correction(const Query& query, bool credit) {
  Correction correction;
  GH_ASSIGN(const Whose whose, read_per(query));
  GH_ASSIGN(const auto* const dimension, row_named<core::DimensionInfo>(query, "limit", core::kDimensions));
  if (whose.scope == core::Scope::global && query.given("name"))
    return unfit_parameter("name", "left out: there is one account for all");
  correction.scope = whose.scope;
  correction.dimension = dimension->dimension;
  GH_ASSIGN(const std::string label, read_label(query, whose));
  correction.name = limits::account_name(query.value("name"), label);
  if (!query.given("reason")) return unfit_parameter("reason", "there, and say why");
  if (credit) {
    GH_ASSIGN(correction.credit, read_amount(query, *dimension));
  }
  return correction;
}

// Which of several lines, in the log.
std::string under(const Correction& correction) {
  const std::string_view label = limits::label_of(correction.name);
  return label.empty() ? "" : " under " + core::visible(std::string(label));
}

JsonObject& append_account(JsonObject& json, std::string_view scope, std::string_view account) {
  const std::string_view label = limits::label_of(account), match = limits::match_of(label);
  json.add("per", scope == "tag" ? label.substr(0, label.find('{')) : scope).add("name", limits::spender_of(account));
  return match.empty() ? json : json.add_raw("match", match);
}

void write_down(const OperatorServices& services, const Correction& correction, std::int64_t amount,
                const std::string& reason) {
  const core::DimensionInfo& row = core::info(correction.dimension);
  const std::string scope(core::info(correction.scope).name), limit(row.name);
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  services.bookkeeper.note({std::chrono::duration_cast<std::chrono::seconds>(now).count(), scope, correction.name,
                            limit, amount, reason});
  Poco::Logger::get("gatehouse")
      .notice("an operator gave back " + limits::amount_text(row, amount) + " of " + limit + " per " + scope + " '" +
              core::visible(std::string(limits::spender_of(correction.name))) + "'" + under(correction) + ": " +
              core::visible(reason));
}

Result<std::string> correct(const OperatorServices& services, const Query& query, bool credit) {
  GH_ASSIGN(const Correction correction, read_correction(query, credit));
  const bool own = correction.scope == core::Scope::own;
  const auto terms = own ? services.keys.by_id(correction.name) : nullptr;
  GH_ASSIGN(const auto corrected, services.ledger.correct(correction, terms != nullptr ? &terms->limits : nullptr));
  write_down(services, correction, corrected.given_back, query.value("reason"));
  const core::DimensionInfo& row = core::info(correction.dimension);
  std::string out;
  JsonObject json(out);
  append_account(json, core::info(correction.scope).name, correction.name).add("limit", row.name);
  json.add_raw("given_back", limits::amount_text(row, corrected.given_back));
  json.add_raw("spent", limits::amount_text(row, corrected.spent));
  json.add_raw("of", limits::amount_text(row, corrected.most));
  json.close();
  return out;
}

void answer(const OperatorServices& services, const Query& query, bool credit, net::Response& response,
            const std::string& id) {
  const Result<std::string> json = correct(services, query, credit);
  json.ok() ? send_json(response, 200, id, *json) : send_error(response, json.status(), id);
}

void append_correction(std::string& out, const store::CorrectionLine& line) {
  limits::Balance balance;
  JsonObject json(out);
  append_account(json.add("unix_s", line.unix_s), line.scope, line.name).add("limit", line.dimension);
  const bool known = store::read_names(line.scope, line.dimension, balance);
  json.add_raw("given_back", known ? limits::amount_text(core::info(balance.dimension), line.amount)
                                   : std::to_string(line.amount));
  json.add("reason", line.reason);
}

}  // namespace

void admin_limits_reset(const OperatorServices& services, const Query& query, net::Response& response,
                        const std::string& id) {
  answer(services, query, false, response, id);
}

void admin_limits_credit(const OperatorServices& services, const Query& query, net::Response& response,
                         const std::string& id) {
  answer(services, query, true, response, id);
}

void admin_limits_corrections(const OperatorServices& services, const Query&, net::Response& response,
                              const std::string& id) {
  const auto lines = store::latest_corrections(services.data_dir, kShown);
  if (!lines.ok()) return send_error(response, lines.status(), id);
  std::string out;
  JsonObject json(out);
  JsonArray(json.key("corrections")).add_each(*lines, append_correction);
  json.close();
  send_json(response, 200, id, out);
}

}  // namespace gatehouse::handlers
