// limits: who may spend how much.
#include <algorithm>

#include "config/sections.h"
#include "core/money/money.h"

namespace gatehouse::config {

using core::DimensionInfo;
using core::LimitRule;
using core::Scope;

namespace {

constexpr std::int64_t kMost = 1'000'000'000'000;  // requests or tokens
constexpr std::int64_t kLeastDollars = 1'000;      // in nano-dollars
constexpr std::int64_t kMostDollars = 4'000'000 * core::kNanodollarsPerDollar;
constexpr std::int64_t kMostSlots = 1'000'000;
constexpr std::int64_t kMostGateways = 1'000;
constexpr std::chrono::milliseconds kShortestAnswer{1}, kLongestAnswer{10'000};

// Two limits of one kind on the same spender would leave the looser one without meaning.
void check_once(const Node& node, const DimensionInfo& dimension, const LimitRule& rule,
                const std::vector<LimitRule>& earlier) {
  for (const LimitRule& other : earlier) {
    if (other.per != rule.per || other.*dimension.limit == 0) continue;
    node.fail("is limited per " + std::string(core::info(rule.per).name) + " already; keep one of the two");
    return;
  }
}

std::optional<Scope> read_scope(const Node& node) {
  std::vector<std::string_view> names;
  for (const Scope scope : core::kConfiguredScopes) names.push_back(core::info(scope).name);
  const auto chosen = node.choice(names);
  return chosen ? std::optional(core::kConfiguredScopes[*chosen]) : std::nullopt;
}

std::optional<std::int64_t> read_limit(const Node& node, const DimensionInfo& dimension) {
  if (dimension.is_money()) return node.dollars(kLeastDollars, kMostDollars);
  return node.integer(1, dimension.kind == core::LimitKind::slot ? kMostSlots : kMost);
}

std::optional<const core::Calendar*> read_calendar(const Node& node) {
  const auto zone = node.text();
  if (!zone) return std::nullopt;
  const auto calendar = core::Calendar::of(*zone);
  if (calendar.ok()) return *calendar;
  node.fail(std::string(calendar.status().message()));
  return std::nullopt;
}

bool has_window(const LimitRule& rule) {
  return core::limits_any(rule, [](const DimensionInfo& row) { return row.is_window(); });
}

// "a, b or c"
std::string listed(const std::vector<std::string_view>& names) {
  std::string text;
  for (std::size_t i = 0; i < names.size(); ++i) {
    text.append(i == 0 ? "" : i + 1 == names.size() ? " or " : ", ").append(names[i]);
  }
  return text;
}

}  // namespace

void read_limits(const Node& node, std::vector<LimitRule>& limits) {
  std::vector<std::string_view> dimensions;
  for (const DimensionInfo& dimension : core::kDimensions) dimensions.push_back(dimension.name);
  std::vector<std::string_view> keys{"per", "timezone"};
  keys.insert(keys.end(), dimensions.begin(), dimensions.end());
  for (const Node& item : node.items()) {
    const auto section = item.section(keys);
    if (!section) continue;
    LimitRule rule;
    if (const Node* n = section->required("per")) assign(rule.per, read_scope(*n));
    if (const Node* n = section->find("timezone")) assign(rule.calendar, read_calendar(*n));
    bool limits_something = false;
    for (const DimensionInfo& dimension : core::kDimensions) {
      const Node* n = section->find(std::string(dimension.name));
      if (n == nullptr) continue;
      limits_something = true;
      assign(rule.*dimension.limit, read_limit(*n, dimension));
      check_once(*n, dimension, rule, limits);
    }
    if (const Node* n = section->find("timezone"); n != nullptr && limits_something && !has_window(rule))
      n->fail("has no meaning for limits by the minute or at once; leave it out");
    if (!limits_something) item.fail("limits nothing: give " + listed(dimensions));
    limits.push_back(rule);
  }
}

void read_shared_limits(const Node& node, std::optional<SharedLimitsSettings>& shared) {
  const auto section = node.section({"redis", "password", "prefix", "timeout", "when_away", "gateways"});
  if (!section) return;
  shared.emplace();
  if (const Node* n = section->required("redis")) {
    const auto text = n->text();
    auto address = text ? parse_server(*text) : std::nullopt;
    if (address)
      shared->redis = *std::move(address);
    else if (text)
      n->fail("must be HOST:PORT such as 127.0.0.1:6379, not " + n->shown());
  }
  if (const Node* n = section->find("password")) {
    if (auto value = n->secret()) shared->password = Secret(*std::move(value));
  }
  if (const Node* n = section->find("prefix")) assign(shared->prefix, n->text());
  if (const Node* n = section->find("timeout")) assign(shared->timeout, n->duration(kShortestAnswer, kLongestAnswer));
  if (const Node* n = section->find("when_away")) {
    assign(shared->when_away, n->choice({"degrade", "open", "closed"}));
  }
  if (const Node* n = section->required("gateways")) assign(shared->gateways, n->integer(1, kMostGateways));
}

}  // namespace gatehouse::config
