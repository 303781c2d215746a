// What a caller has left of a limit, as it is told in the x-ratelimit headers. Values.
#pragma once

#include <chrono>
#include <cstdint>

namespace gatehouse::core {

struct Quota {
  std::int64_t limit = 0;             // 0: no such limit applies
  std::int64_t remaining = 0;         // never below 0
  std::chrono::nanoseconds reset{0};  // until all of it is there again
};

// The tightest rule of each kind that applied to one request.
struct Quotas {
  Quota requests;  // per minute
  Quota tokens;    // per minute
  Quota tokens_today;
};

}  // namespace gatehouse::core
