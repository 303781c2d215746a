// What a caller has left of a limit, as it is told in the x-ratelimit headers. Values.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>

#include "core/money/limit_rule.h"

namespace gatehouse::core {

struct Quota {
  std::int64_t limit = 0;             // 0: no such limit applies
  std::int64_t remaining = 0;         // never below 0
  std::chrono::nanoseconds reset{0};  // until all of it is there again
};

// The tightest rule of each dimension that applied to one request.
class Quotas {
 public:
  const Quota& operator[](Dimension dimension) const { return quotas_[static_cast<std::size_t>(dimension)]; }

  // Keeps the tighter of this quota and the one that is known.
  void tighten(Dimension dimension, const Quota& quota) {
    Quota& tightest = quotas_[static_cast<std::size_t>(dimension)];
    if (tightest.limit == 0 || quota.remaining < tightest.remaining) tightest = quota;
  }

 private:
  std::array<Quota, kDimensionCount> quotas_;
};

}  // namespace gatehouse::core
