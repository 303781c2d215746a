#include "handlers/admin/endpoints.h"

#include <algorithm>
#include <map>
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

constexpr std::size_t kShown = 100;

std::string amount(Dimension dimension, std::int64_t amount) {
  return core::info(dimension).is_money() ? core::dollars(amount) : std::to_string(amount);
}

JsonObject& add(JsonObject& json, const Balance& balance) {
  return json.add_raw("spent", amount(balance.dimension, balance.spent))
      .add_raw("of", amount(balance.dimension, balance.most));
}

// One limit: its spenders, those first who are closest to it.
void append_limit(std::string& out, const limits::Ledger& ledger, std::vector<Balance>& spenders) {
  const auto fuller = [](const Balance& a, const Balance& b) {
    return static_cast<double>(a.spent) / static_cast<double>(a.most) >
           static_cast<double>(b.spent) / static_cast<double>(b.most);
  };
  const auto shown = spenders.begin() + static_cast<std::ptrdiff_t>(std::min(spenders.size(), kShown));
  std::partial_sort(spenders.begin(), shown, spenders.end(), fuller);
  const Balance& first = spenders.front();
  JsonObject json(out);
  json.add("per", core::info(first.scope).name).add("limit", core::info(first.dimension).name);
  JsonArray spent(json.add("spenders", spenders.size()).key("spent"));
  const std::vector<Balance> together = ledger.together({spenders.begin(), shown});
  for (auto one = spenders.begin(); one != shown; ++one) {
    JsonObject entry(spent.next());
    add(entry.add("name", one->name), *one);
    if (!together.empty()) {
      JsonObject all(entry.key("together"));
      add(all, together[static_cast<std::size_t>(one - spenders.begin())]);
    }
  }
}

}  // namespace

void admin_limits(const OperatorServices& services, const Query&, net::Response& response, const std::string& id) {
  std::map<std::pair<limits::Scope, Dimension>, std::vector<Balance>> by_limit;
  for (Balance& balance : services.ledger.balances()) {
    if (balance.spent > 0) by_limit[{balance.scope, balance.dimension}].push_back(std::move(balance));
  }
  std::string out;
  JsonObject json(out);
  JsonArray list(json.key("limits"));
  for (auto& [limit, spenders] : by_limit) append_limit(list.next(), services.ledger, spenders);
  list.close();
  json.close();
  send_json(response, 200, id, out);
}

}  // namespace gatehouse::handlers
