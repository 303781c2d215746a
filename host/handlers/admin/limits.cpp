#include "handlers/admin/endpoints.h"

#include <algorithm>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <tuple>
#include <vector>

#include "config/yaml/units.h"
#include "core/money/money.h"
#include "core/text/json_writer.h"
#include "handlers/admin/limit_query.h"
#include "handlers/routing/answer.h"
#include "limits/accounts/account_name.h"

namespace gatehouse::handlers {

using core::JsonArray;
using core::JsonObject;
using limits::Balance;
using limits::Dimension;

namespace {

constexpr std::size_t kSpenders = 100, kMostSpenders = 1'000;  // of a limit

JsonObject& append(JsonObject& json, const Balance& balance) {
  return json.add_raw("spent", limits::amount_text(core::info(balance.dimension), balance.spent))
      .add_raw("of", limits::amount_text(core::info(balance.dimension), balance.most));
}

// Which spenders are asked for.
struct Asked {
  std::optional<limits::Scope> scope;
  std::string tag;  // of Scope::tag: the tag's name
  std::optional<std::string> name;
  std::size_t limit = kSpenders, offset = 0;

  std::size_t last() const { return offset + limit; }
};

core::Status read_number(const Query& query, std::string_view name, std::size_t least, std::size_t most,
                         std::size_t& number) {
  if (!query.given(name)) return {};
  const auto given = config::parse_integer(query.value(name));
  if (given && *given >= static_cast<std::int64_t>(least) && *given <= static_cast<std::int64_t>(most)) {
    number = static_cast<std::size_t>(*given);
    return {};
  }
  return unfit_parameter(name, "a number from " + std::to_string(least) + " to " + std::to_string(most));
}

core::Result<Asked> asked_for(const Query& query) {
  Asked asked;
  GH_TRY(read_number(query, "limit", 1, kMostSpenders, asked.limit));
  GH_TRY(read_number(query, "offset", 0, limits::Ledger::kMaxSubjects, asked.offset));
  if (query.given("per")) {
    GH_ASSIGN(const Whose whose, read_per(query));
    asked.scope = whose.scope;
    asked.tag = whose.tag;
  }
  if (query.given("name")) {
    if (!asked.scope) return unfit_parameter("name", "given with 'per': whose name it is");
    asked.name = query.value("name");
  }
  return asked;
}

bool fuller(const Balance& a, const Balance& b) {
  const double of_a = static_cast<double>(a.spent) / static_cast<double>(a.most);
  const double of_b = static_cast<double>(b.spent) / static_cast<double>(b.most);
  return of_a != of_b ? of_a > of_b : a.name < b.name;
}

// The spenders of one limit, of whom only those are kept who are closest to it.
class Spenders {
 public:
  void add(Balance&& balance, std::size_t most) {
    ++count_;
    if (closest_.size() == most) {
      if (!fuller(balance, closest_.front())) return;
      std::pop_heap(closest_.begin(), closest_.end(), fuller);
      closest_.pop_back();
    }
    closest_.push_back(std::move(balance));
    std::push_heap(closest_.begin(), closest_.end(), fuller);
  }

  void write(std::string& out, const limits::Ledger& ledger, const Asked& asked) {
    std::sort_heap(closest_.begin(), closest_.end(), fuller);
    const Balance& first = closest_.front();
    JsonObject json(out);
    const std::string_view label = limits::label_of(first.name);
    json.add("per", limits::per_of(first.scope, label)).add("limit", core::info(first.dimension).name);
    if (const std::string_view match = limits::match_of(label); !match.empty()) json.add_raw("match", match);
    json.add("spenders", count_);
    json.add_raw("next_offset", count_ <= asked.last() ? "null" : std::to_string(asked.last()));
    JsonArray spent(json.key("spent"));
    const std::size_t offset = std::min(asked.offset, closest_.size());
    const std::span<const Balance> shown = std::span(closest_).subspan(offset);
    const std::vector<Balance> together = shown.empty() ? std::vector<Balance>() : ledger.together(shown);
    for (std::size_t i = 0; i < shown.size(); ++i) {
      JsonObject entry(spent.next());
      append(entry.add("name", limits::spender_of(shown[i].name)), shown[i]);
      if (together.empty()) continue;
      JsonObject all(entry.key("together"));
      append(all, together[i]);
    }
  }

 private:
  std::vector<Balance> closest_;  // a heap: the one furthest from its limit is at its front
  std::size_t count_ = 0;
};

// Calls visit(balance) for what is spent under the limits of the configuration, and under those of single keys.
void each_balance(const OperatorServices& services, const Asked& asked, const std::function<void(Balance&&)>& visit) {
  services.ledger.each_balance(asked.scope, asked.name, visit);
  if (asked.scope && *asked.scope != limits::Scope::own) return;
  for (const auto& terms : services.keys.with_limits()) {
    if (asked.name && *asked.name != terms->id) continue;
    for (Balance& balance : services.ledger.own_balances(terms->id, terms->limits)) visit(std::move(balance));
  }
}

}  // namespace

void admin_limits(const OperatorServices& services, const Query& query, net::Response& response,
                  const std::string& id) {
  const core::Result<Asked> asked = asked_for(query);
  if (!asked.ok()) return send_error(response, asked.status(), id);
  std::map<std::tuple<limits::Scope, std::string, Dimension>, Spenders> by_limit;
  each_balance(services, *asked, [&](Balance&& balance) {
    const std::string label(limits::label_of(balance.name));
    const bool of_tag = asked->tag.empty() || limits::per_of(balance.scope, label) == "tag:" + asked->tag;
    if (balance.spent > 0 && of_tag)
      by_limit[{balance.scope, label, balance.dimension}].add(std::move(balance), asked->last());
  });
  std::string out;
  JsonObject json(out);
  JsonArray list(json.key("limits"));
  for (auto& [limit, spenders] : by_limit) spenders.write(list.next(), services.ledger, *asked);
  list.close();
  json.close();
  send_json(response, 200, id, out);
}

}  // namespace gatehouse::handlers
