#include "limits/accounts/rules.h"

#include <algorithm>

namespace gatehouse::limits {
namespace {

using core::LimitRule;

constexpr auto kInOrder = [] {
  std::array<Dimension, core::kDimensionCount> order{};
  auto next = order.begin();
  for (const bool slots : {true, false}) {
    for (const DimensionInfo& row : core::kDimensions) {
      if (is_slot(row) == slots) *next++ = row.dimension;
    }
  }
  return order;
}();

}  // namespace

Rules::Rules(std::span<const LimitRule> written) {
  for (const Dimension dimension : kInOrder) {
    Rule strictest(dimension, 0);  // not limited
    for (const LimitRule& rule : written) {
      const std::int64_t limit = rule.*core::info(dimension).limit;
      if (limit > 0 && (strictest.most() == 0 || limit < strictest.most()))
        strictest = Rule(dimension, limit, *rule.calendar);
    }
    if (strictest.most() == 0) continue;
    rules_[count_++] = strictest;
    limited_.set(static_cast<std::size_t>(dimension));
  }
}

Rules Rules::part(std::int64_t gateways) const {
  Rules parts = *this;
  for (std::size_t i = 0; i < count_; ++i) {
    const Rule& whole = rules_[i];
    if (is_slot(whole.info())) continue;
    parts.rules_[i] = Rule(whole.dimension(), std::max<std::int64_t>(whole.most() / gateways, 1), whole.calendar());
  }
  return parts;
}

const Rule* Rules::find(Dimension dimension) const {
  const auto found = std::find_if(begin(), end(), [&](const Rule& rule) { return rule.dimension() == dimension; });
  return found == end() ? nullptr : found;
}

}  // namespace gatehouse::limits
