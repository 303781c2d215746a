#include "limits/rules.h"

#include <algorithm>

namespace gatehouse::limits {
namespace {

using core::LimitRule;

// In the order of Dimension. Concurrency first: it is the cheapest to give back.
constexpr std::int64_t LimitRule::*kFields[kDimensions] = {
    &LimitRule::concurrent,     &LimitRule::requests_per_minute, &LimitRule::tokens_per_minute,
    &LimitRule::tokens_per_day, &LimitRule::dollars_per_day,     &LimitRule::dollars_per_month};

}  // namespace

Rules::Rules(std::span<const LimitRule> written) {
  for (std::size_t dimension = 0; dimension < kDimensions; ++dimension) {
    std::int64_t most = 0;  // not limited
    for (const LimitRule& rule : written) {
      const std::int64_t limit = rule.*kFields[dimension];
      if (limit > 0) most = most == 0 ? limit : std::min(most, limit);
    }
    if (most != 0) rules_[count_++] = Rule(static_cast<Dimension>(dimension), most);
  }
}

Rules Rules::part(std::int64_t gateways) const {
  Rules parts = *this;
  for (std::size_t i = 0; i < count_; ++i) {
    const Rule& whole = rules_[i];
    if (whole.dimension() == Dimension::concurrent) continue;
    parts.rules_[i] = Rule(whole.dimension(), std::max<std::int64_t>(whole.most() / gateways, 1));
  }
  return parts;
}

const Rule* Rules::find(Dimension dimension) const {
  const auto found = std::find_if(begin(), end(), [&](const Rule& rule) { return rule.dimension() == dimension; });
  return found == end() ? nullptr : found;
}

}  // namespace gatehouse::limits
