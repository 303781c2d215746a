// limits: who may spend how much.
#include <algorithm>
#include <cmath>

#include "config/address.h"
#include "config/sections.h"
#include "config/yaml/units.h"
#include "core/money/money.h"
#include "core/text/header_name.h"

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

// In thousandths.
std::optional<std::int64_t> read_share(const Node& node) {
  const auto written = node.scalar("a share");
  if (!written) return std::nullopt;
  const auto share = parse_number(*written);
  const std::int64_t thousandths = share && *share > 0 && *share < 1 ? std::llround(*share * 1'000) : 0;
  if (thousandths > 0 && thousandths < 1'000) return thousandths;
  node.fail("must be a share of the limit from 0.001 to 0.999, such as 0.8, not " + node.shown());
  return std::nullopt;
}

// One that the call does not set itself, and that is one line of HTTP.
void read_header(const std::string& name, const Node& node, std::vector<std::pair<std::string, Secret>>& headers) {
  if (!core::is_header_name(name) || core::frames_request(name) || core::same_header(name, "content-type")) {
    node.fail("must be named as a header of HTTP that the gateway does not set itself, such as authorization");
    return;
  }
  if (auto value = node.secret()) headers.emplace_back(name, Secret(*std::move(value)));
}

bool has_window(const LimitRule& rule) {
  return core::limits_any(rule, [](const DimensionInfo& row) { return row.is_window(); });
}

bool has_more_than_slots(const LimitRule& rule) {
  return core::limits_any(rule, [](const DimensionInfo& row) { return row.kind != core::LimitKind::slot; });
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
  std::vector<std::string_view> keys{"per", "timezone", "warn"};
  keys.insert(keys.end(), dimensions.begin(), dimensions.end());
  for (const Node& item : node.items()) {
    const auto section = item.section(keys);
    if (!section) continue;
    LimitRule rule;
    if (const Node* n = section->required("per")) assign(rule.per, read_scope(*n));
    if (const Node* n = section->find("timezone")) assign(rule.calendar, read_calendar(*n));
    if (const Node* n = section->find("warn")) assign(rule.warn, read_share(*n));
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
    if (const Node* n = section->find("warn"); n != nullptr && limits_something && !has_more_than_slots(rule))
      n->fail("has no meaning for limits at once; leave it out");
    if (!limits_something) item.fail("limits nothing: give " + listed(dimensions));
    limits.push_back(rule);
  }
}

void read_warnings(const Node& node, WarningSettings& warnings) {
  const auto section = node.section({"webhook", "headers"});
  if (!section) return;
  if (const Node* n = section->required("webhook")) {
    auto url = n->secret();
    if (url && !is_web_url(*url, "# "))
      n->fail("must be http://HOST[:PORT][/PATH] or https://… without user and fragment");
    else if (url)
      warnings.webhook = Secret(*std::move(url));
  }
  if (const Node* n = section->find("headers")) {
    for (const auto& [name, value] : n->members()) read_header(name, value, warnings.headers);
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
