// The limits of one scope that are in force together: at most one per dimension. A value.
#pragma once

#include <array>
#include <span>

#include "limits/rule.h"

namespace gatehouse::limits {

class Rules {
 public:
  Rules() = default;
  // Where several limit the same, the strictest holds.
  explicit Rules(std::span<const core::LimitRule> written);
  explicit Rules(const core::LimitRule& written) : Rules(std::span(&written, 1)) {}

  // This gateway's part where so many share: of everything but `concurrent`, which each has for itself.
  Rules part(std::int64_t gateways) const;

  const Rule* begin() const { return rules_.data(); }
  const Rule* end() const { return rules_.data() + count_; }
  bool empty() const { return count_ == 0; }
  const Rule* find(Dimension dimension) const;  // nullptr: not limited

 private:
  std::array<Rule, kDimensions> rules_;
  std::size_t count_ = 0;
};

}  // namespace gatehouse::limits
