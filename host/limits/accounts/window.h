// What was spent within one calendar day or month. Begins anew by itself when asked about a later period. If the clock
// jumps back one period, spending still counts in the later period. If it had jumped further ahead, the recorded
// spending is treated as the current period's. Lock-free, for any thread.
#pragma once

#include <atomic>
#include <cstdint>

namespace gatehouse::limits {

class Window {
 public:
  static constexpr std::int64_t kMost = (std::int64_t{1} << 52) - 1;

  // Takes amount if `most` allows; all or nothing. `period`: the number of the day or month.
  bool take(std::int64_t most, std::int64_t amount, std::int32_t period);
  // Adds amount to what was spent in that period, even beyond the limit; below 0 gives back. Does nothing for a period
  // before the current one: that is closed.
  void charge(std::int64_t amount, std::int32_t period);
  std::int64_t spent(std::int32_t period) const;
  bool empty() const { return amount(word_.load(std::memory_order_relaxed)) == 0; }
  // Forgets what was spent before that period: numbers come again after 4096 periods.
  void forget_before(std::int32_t period);
  // The period in which spending counts now: the next one if that has begun and the clock was then set back.
  std::int32_t period(std::int32_t current) const;

 private:
  // The period's number modulo 4096, and what was spent: in one word, so that they change together.
  static constexpr int kAmountBits = 52;
  static std::int32_t age(std::uint64_t word, std::int32_t period);  // how far the word lies behind the period
  static std::int64_t amount(std::uint64_t word) { return static_cast<std::int64_t>(word & kMost); }
  static std::uint64_t pack(std::int32_t period, std::int64_t amount) {
    return static_cast<std::uint64_t>(period) << kAmountBits | static_cast<std::uint64_t>(amount);
  }

  std::atomic<std::uint64_t> word_{0};
};

}  // namespace gatehouse::limits
