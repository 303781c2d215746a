// limits: who may spend how much.
#include <algorithm>
#include <cmath>

#include "config/limits/limit_section.h"

#include "config/limits/limit_match.h"
#include "config/limits/limit_overlaps.h"
#include "config/yaml/units.h"
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
  std::vector<std::string_view> keys{"per", "match", "timezone", "warn"};
  keys.insert(keys.end(), dimensions.begin(), dimensions.end());
  std::vector<Section> written;
  for (const Node& item : node.items()) {
    const auto section = item.section(keys);
    if (!section) continue;
    LimitRule rule;
    if (const Node* n = section->required("per")) read_per(*n, rule);
    if (const Node* n = section->find("match")) read_match(*n, rule);
    if (const Node* n = section->find("timezone")) assign(rule.calendar, read_calendar(*n));
    if (const Node* n = section->find("warn")) assign(rule.warn, read_share(*n));
    bool limits_something = false;
    for (const DimensionInfo& dimension : core::kDimensions) {
      const Node* n = section->find(std::string(dimension.name));
      if (n == nullptr) continue;
      limits_something = true;
      assign(rule.*dimension.limit, read_limit(*n, dimension));
    }
    if (const Node* n = section->find("timezone"); n != nullptr && limits_something && !has_window(rule))
      n->fail("has no meaning for limits by the minute or at once; leave it out");
    if (const Node* n = section->find("warn"); n != nullptr && limits_something && !has_more_than_slots(rule))
      n->fail("has no meaning for limits at once; leave it out");
    if (!limits_something) item.fail("limits nothing: give " + listed(dimensions));
    // A line whose match is wrong is left out of the question which of them decides.
    const Node* const match = section->find("match");
    if (match != nullptr && (rule.match.empty() || match->yaml().size() != rule.match.size())) continue;
    limits.push_back(rule);
    written.push_back(*section);
  }
  check_overlaps(written, limits);
}

}  // namespace gatehouse::config
