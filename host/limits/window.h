// What was spent within one calendar day or month. Begins anew by itself when asked about a later
// one; a clock that is set back does not bring an earlier one back, and one that was further ahead than the
// next counts as the current one. Lock-free, for any thread.
#pragma once

#include <atomic>
#include <cstdint>

namespace gatehouse::limits {

class Window {
 public:
  static constexpr std::int64_t kMost = (std::int64_t{1} << 52) - 1;

  // Takes amount if `most` allows; all or nothing. `period`: the number of the day or month.
  bool take(std::int64_t most, std::int64_t amount, std::int32_t period);
  // Adds amount to what was spent in that period, whatever it comes to; below 0 gives back. An
  // earlier period than the current one is closed: nothing happens.
  void charge(std::int64_t amount, std::int32_t period);
  std::int64_t spent(std::int32_t period) const;
  // In which period what is taken now counts: the next one, where that has begun and the clock was set back.
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
