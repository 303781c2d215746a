// The limits that are in force together in one scope: at most one per dimension. A value.
#pragma once

#include <array>
#include <bitset>
#include <span>

#include "limits/accounts/rule.h"

namespace gatehouse::limits {

// Some of the dimensions, by their numbers.
using DimensionSet = std::bitset<core::kDimensionCount>;

inline std::size_t index_of(const Rule& rule) { return static_cast<std::size_t>(rule.dimension()); }

class Rules {
 public:
  Rules() = default;
  // Of several limits on one dimension the strictest holds.
  explicit Rules(std::span<const core::LimitRule> written);
  explicit Rules(const core::LimitRule& written) : Rules(std::span(&written, 1)) {}

  // One gateway's part of limits that so many gateways share. Slots are not shared: each gateway has all of them.
  Rules part(std::int64_t gateways) const;

  // Slots come first: they are the cheapest to give back when another limit refuses.
  const Rule* begin() const { return rules_.data(); }
  const Rule* end() const { return rules_.data() + count_; }
  bool empty() const { return count_ == 0; }
  const Rule* find(Dimension dimension) const;  // nullptr: not limited
  const DimensionSet& limited() const { return limited_; }

 private:
  std::array<Rule, core::kDimensionCount> rules_;
  std::size_t count_ = 0;
  DimensionSet limited_;
};

}  // namespace gatehouse::limits
