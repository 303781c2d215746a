#include "core/money/money.h"
#include "core/text/json_writer.h"
#include "core/text/utc.h"
#include "handlers/admin/endpoints.h"
#include "handlers/routing/answer.h"

namespace gatehouse::handlers {

using core::JsonArray;
using core::JsonObject;

namespace {

constexpr std::int64_t kNanodollars = 1000;  // in a micro-dollar

// Dollars per million tokens, as the configuration gives them.
void add_rates(JsonObject& json, const core::Rates& rates) {
  for (const core::RateInfo& row : core::kRates)
    json.add_raw(row.name, core::dollars(rates.*row.rate * kNanodollars));
}

void append_tier(std::string& out, const core::PriceTier& tier) {
  JsonObject json(out);
  json.add("above", tier.above);
  add_rates(json, tier.rates);
}

void append_price(std::string& out, const core::Price& price) {
  JsonObject json(out);
  add_rates(json, price);
  json.add_raw("per_request", core::dollars(price.per_request));
  JsonArray(json.key("tiers")).add_each(price.tiers, append_tier);
}

void append_target(std::string& out, const core::Target& target) {
  JsonObject json(out);
  json.add("provider", target.provider->name()).add("model", target.model).add_or_null("from", target.price_from);
  if (target.price_from.empty())
    json.add_raw("price", "null");
  else
    append_price(json.key("price"), target.price);
}

void append_file(std::string& out, const config::PriceFileSettings& prices) {
  JsonObject json(out);
  json.add("path", prices.file).add("modified", core::utc_text(prices.modified)).add("models", prices.models);
}

}  // namespace

void admin_prices(const OperatorServices& services, const Query&, net::Response& response, const std::string& id) {
  const auto generation = services.registry.current();
  std::string out;
  JsonObject json(out);
  if (generation->prices())
    append_file(json.key("file"), *generation->prices());
  else
    json.add_raw("file", "null");
  JsonArray list(json.key("models"));
  for (const auto& [alias, route] : generation->routes()) {
    JsonObject model(list.next());
    model.add("model", alias).add("max_output", route.max_output);
    JsonArray(model.key("targets")).add_each(route.targets, append_target);
  }
  list.close();
  json.close();
  send_json(response, 200, id, out);
}

}  // namespace gatehouse::handlers
