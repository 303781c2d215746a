// price and prices: what a model's tokens and requests cost, and the file that says so of many.
#include <filesystem>

#include "config/sections.h"

namespace gatehouse::config {
namespace {

constexpr std::int64_t kMostPrice = 1'000'000 * core::kNanodollarsPerDollar;  // per million tokens, and per request
constexpr std::int64_t kMostAbove = 1'000'000'000;                            // tokens
constexpr std::size_t kMostTiers = 16;

std::vector<std::string_view> keys_with(std::initializer_list<std::string_view> others) {
  std::vector<std::string_view> keys(others);
  for (const core::RateInfo& row : core::kRates) keys.push_back(row.name);
  return keys;
}

// The file gives dollars per million tokens; prices are kept in micro-dollars, the least there is.
void read_rates(const Section& section, core::GivenRates& given) {
  for (std::size_t i = 0; i < core::kRateCount; ++i) {
    const Node* n = section.find(std::string(core::kRates[i].name));
    if (n == nullptr) continue;
    if (const auto dollars = n->dollars(0, kMostPrice)) given[i] = *dollars / 1000;
  }
}

// What a tier does not name is as in the tier below it.
void read_tier(const Node& node, core::GivenRates& given, std::vector<core::PriceTier>& tiers) {
  const auto section = node.section(keys_with({"above"}));
  if (!section) return;
  const Node* above = section->required("above");
  const auto tokens = above != nullptr ? above->integer(1, kMostAbove) : std::nullopt;
  read_rates(*section, given);
  if (!tokens) return;
  const std::uint64_t before = tiers.empty() ? 0 : tiers.back().above;
  const auto begins = static_cast<std::uint64_t>(*tokens);
  if (begins <= before) {
    return above->fail("must be more than " + std::to_string(before) + ", where the tier before it begins, not " +
                       above->shown() + ": tiers ascend");
  }
  tiers.push_back({begins, core::resolved(given)});
}

void read_tiers(const Node& node, core::GivenRates given, std::vector<core::PriceTier>& tiers) {
  const std::vector<Node> items = node.items();
  if (items.size() > kMostTiers)
    return node.fail("must have " + std::to_string(kMostTiers) + " tiers at most, not " + std::to_string(items.size()));
  for (const Node& item : items) read_tier(item, given, tiers);
}

}  // namespace

// A relative path begins at the configuration's folder.
std::optional<PriceFile> read_prices(const Node& node, Settings& settings) {
  const auto named = node.text();
  if (!named) return std::nullopt;
  auto prices = PriceFile::read(std::filesystem::path(node.document().file).parent_path() / *named);
  if (!prices.ok()) {
    node.fail("names a file of prices that is of no use: " + std::string(prices.status().message()));
    return std::nullopt;
  }
  settings.prices = prices->about();
  return *std::move(prices);
}

void read_price(const Node& node, std::optional<core::Price>& price) {
  if (node.yaml().IsScalar()) {
    price.emplace();
    if (node.yaml().Scalar() == "free") return;
    return node.fail("must be dollars per million tokens such as { input: 1, output: 2 }, or `free`, not " +
                     node.shown());
  }
  const auto section = node.section(keys_with({"per_request", "tiers"}));
  if (!section) return;
  (void)section->required("input");
  (void)section->required("output");
  core::GivenRates given;
  read_rates(*section, given);
  price = core::Price{core::resolved(given)};
  if (const Node* n = section->find("per_request")) assign(price->per_request, n->dollars(0, kMostPrice));
  if (const Node* n = section->find("tiers")) read_tiers(*n, given, price->tiers);
}

}  // namespace gatehouse::config
