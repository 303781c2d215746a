// One per-minute limit of one spender, as a bucket that refills continuously and holds one minute's
// worth (GCRA: all its state is the time at which it will be full again). Exact integer
// arithmetic: amounts taken and given back cancel to the last tick. Lock-free, for any thread.
//
// `now` is steady time in nanoseconds. Threads may pass times slightly out of order.
#pragma once

#include <atomic>
#include <cstdint>
#include <limits>

namespace gatehouse::limits {

// What a limit means in time. Its unit is a tick of about a nanosecond, chosen so that one unit of
// the limit is a whole number of ticks and the rate is exact even where the limit does not divide a minute
// or asks for more than one unit per nanosecond.
class Rate {
 public:
  // In ticks. Over a hundred years of a whole limit a minute, or a thousand tokens a minute for 66 million tokens; sums
  // with a time stay in range.
  static constexpr std::int64_t kMostDebt = 4'000'000'000'000'000'000;
  static constexpr std::int64_t kMost = 1'000'000'000'000;

  Rate() = default;                        // one per minute
  explicit Rate(std::int64_t per_minute);  // 1 to kMost; anything else is brought into range

  std::int64_t limit() const { return limit_; }
  std::int64_t burst() const { return minute_; }  // in ticks
  std::int64_t ticks_at(std::int64_t now) const;
  std::int64_t cost(std::int64_t amount) const;        // in ticks; at most kMostDebt
  std::int64_t amount(std::int64_t ticks) const;       // whole units, rounded down
  std::int64_t nanoseconds(std::int64_t ticks) const;  // rounded up

 private:
  std::int64_t limit_ = 1;
  std::int64_t emission_ = 60'000'000'000;  // ticks per unit
  std::int64_t minute_ = 60'000'000'000;    // ticks per minute: limit_ x emission_
};

class Bucket {
 public:
  // Takes amount if it is there; all or nothing.
  bool take(const Rate& rate, std::int64_t amount, std::int64_t now);
  // Takes amount whether it is there or not; below 0 gives back. Debt is remembered until it is paid off.
  void charge(const Rate& rate, std::int64_t amount, std::int64_t now);

  void clear() { full_at_.store(std::numeric_limits<std::int64_t>::min(), std::memory_order_relaxed); }

  std::int64_t remaining(const Rate& rate, std::int64_t now) const;   // below 0: debt
  std::int64_t until_full(const Rate& rate, std::int64_t now) const;  // nanoseconds; 0 when it is
  // Nanoseconds until take(amount) would succeed if nobody else took anything; 0: now.
  // REQUIRES: amount <= rate.limit().
  std::int64_t until(const Rate& rate, std::int64_t amount, std::int64_t now) const;

 private:
  // Ticks from now until full: 0 to kMostDebt.
  std::int64_t missing(const Rate& rate, std::int64_t now) const;

  std::atomic<std::int64_t> full_at_{std::numeric_limits<std::int64_t>::min()};  // in ticks
};

}  // namespace gatehouse::limits
