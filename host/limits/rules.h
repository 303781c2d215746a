// Every limit in force at one time. Immutable; the cells behind it are shared between versions, so
// that replacing the rules forgets nothing that was spent.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "limits/rule.h"

namespace gatehouse::limits {

// Steady time in nanoseconds.
using Clock = std::function<std::int64_t()>;

constexpr std::size_t kMaxRules = 4 * 3;  // LimitPer x Dimension

struct Rules {
  std::vector<Rule> rules;  // at most one for each LimitPer and Dimension
  Clock clock;
};

// The rules written, with the spending known to `before`. Where two limit the same, the stricter holds.
std::shared_ptr<const Rules> make_rules(std::span<const core::LimitRule> written, const Rules& before,
                                        std::size_t max_subjects);

}  // namespace gatehouse::limits
