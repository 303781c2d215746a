// One line of the `limits` list, or what one key may spend. Plain values.
#pragma once

#include <cstdint>

namespace gatehouse::core {

// Whose spending is counted together.
enum class LimitPer : std::uint8_t { client, key, model, global };

struct LimitRule {
  LimitPer per = LimitPer::client;
  std::int64_t requests_per_minute = 0;  // 0: not limited, here and below
  std::int64_t tokens_per_minute = 0;
  std::int64_t concurrent = 0;
  std::int64_t tokens_per_day = 0;   // calendar days and months, UTC
  std::int64_t dollars_per_day = 0;  // in nano-dollars, here and below
  std::int64_t dollars_per_month = 0;

  bool operator==(const LimitRule&) const = default;
};

// Who decides while the accounts that several gateways share cannot be reached: each gateway's own
// part of a limit; or nobody, and everybody is let in, or nobody is.
enum class WhenAway : std::uint8_t { degrade, open, closed };

}  // namespace gatehouse::core
