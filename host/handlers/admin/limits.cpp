#include "handlers/admin/endpoints.h"

#include <algorithm>
#include <charconv>
#include <iterator>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/text/json_writer.h"
#include "core/money/money.h"
#include "handlers/routing/answer.h"

namespace gatehouse::handlers {

using core::JsonArray;
using core::JsonObject;
using limits::Balance;
using limits::Dimension;

namespace {

constexpr std::size_t kShown = 100, kMostShown = 1'000;  // spenders of a limit

JsonObject& add(JsonObject& json, const Balance& balance) {
  return json.add_raw("spent", limits::amount_text(core::info(balance.dimension), balance.spent))
      .add_raw("of", limits::amount_text(core::info(balance.dimension), balance.most));
}

// Which spenders are asked for.
struct Asked {
  std::optional<limits::Scope> scope;
  std::optional<std::string> name;
  std::size_t limit = kShown, offset = 0;

  bool about(const Balance& balance) const {
    return balance.spent > 0 && (!scope || balance.scope == *scope) && (!name || balance.name == *name);
  }
};

core::Status read_number(const Query& query, std::string_view name, std::size_t least, std::size_t most,
                         std::size_t& number) {
  if (!query.given(name)) return {};
  const std::string text = query.value(name);
  const char* const last = text.data() + text.size();
  const auto [end, error] = std::from_chars(text.data(), last, number);
  if (error == std::errc() && end == last && number >= least && number <= most) return {};
  return unfit_parameter(name, "a number from " + std::to_string(least) + " to " + std::to_string(most));
}

core::Result<Asked> asked_for(const Query& query) {
  Asked asked;
  GH_TRY(read_number(query, "limit", 1, kMostShown, asked.limit));
  GH_TRY(read_number(query, "offset", 0, limits::Ledger::kMaxSubjects, asked.offset));
  std::string scopes;
  for (const core::ScopeInfo& row : core::kScopes) {
    scopes.append(scopes.empty() ? "" : ", ").append(row.name);
    if (query.value("per") == row.name) asked.scope = row.scope;
  }
  if (query.given("per") && !asked.scope) return unfit_parameter("per", "one of " + scopes);
  if (query.given("name")) {
    if (!asked.scope) return unfit_parameter("name", "given with 'per': whose name it is");
    asked.name = query.value("name");
  }
  return asked;
}

// One limit: its spenders, those first who are closest to it.
void append_limit(std::string& out, const limits::Ledger& ledger, std::vector<Balance>& spenders, const Asked& asked) {
  const auto fuller = [](const Balance& a, const Balance& b) {
    const double of_a = static_cast<double>(a.spent) / static_cast<double>(a.most);
    const double of_b = static_cast<double>(b.spent) / static_cast<double>(b.most);
    return of_a != of_b ? of_a > of_b : a.name < b.name;
  };
  const auto at = [&](std::size_t place) {
    return spenders.begin() + static_cast<std::ptrdiff_t>(std::min(spenders.size(), place));
  };
  const auto begin = at(asked.offset), shown = at(asked.offset + asked.limit);
  std::partial_sort(spenders.begin(), shown, spenders.end(), fuller);
  const Balance& first = spenders.front();
  JsonObject json(out);
  json.add("per", core::info(first.scope).name).add("limit", core::info(first.dimension).name);
  json.add("spenders", spenders.size());
  json.add_raw("next_offset", shown == spenders.end() ? "null" : std::to_string(asked.offset + asked.limit));
  JsonArray spent(json.key("spent"));
  const std::vector<Balance> together = ledger.together({begin, shown});
  for (auto one = begin; one != shown; ++one) {
    JsonObject entry(spent.next());
    add(entry.add("name", one->name), *one);
    if (!together.empty()) {
      JsonObject all(entry.key("together"));
      add(all, together[static_cast<std::size_t>(one - begin)]);
    }
  }
}

// What is spent under the limits of the configuration, and under those of single keys.
std::vector<Balance> all_balances(const OperatorServices& services) {
  std::vector<Balance> balances = services.ledger.balances();
  for (const auto& terms : services.keys.with_limits()) {
    std::vector<Balance> own = services.ledger.own_balances(terms->id, terms->limits);
    std::move(own.begin(), own.end(), std::back_inserter(balances));
  }
  return balances;
}

}  // namespace

void admin_limits(const OperatorServices& services, const Query& query, net::Response& response,
                  const std::string& id) {
  const core::Result<Asked> asked = asked_for(query);
  if (!asked.ok()) return send_error(response, asked.status(), id);
  std::map<std::pair<limits::Scope, Dimension>, std::vector<Balance>> by_limit;
  for (Balance& balance : all_balances(services)) {
    if (asked->about(balance)) by_limit[{balance.scope, balance.dimension}].push_back(std::move(balance));
  }
  std::string out;
  JsonObject json(out);
  JsonArray list(json.key("limits"));
  for (auto& [limit, spenders] : by_limit) append_limit(list.next(), services.ledger, spenders, *asked);
  list.close();
  json.close();
  send_json(response, 200, id, out);
}

}  // namespace gatehouse::handlers
