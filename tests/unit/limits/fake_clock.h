// A clock that stands still until a test moves it.
#pragma once

#include <atomic>
#include <cstdint>

#include "limits/accounts/moment.h"

namespace gatehouse::limits {

class FakeClock {
 public:
  Clock clock() {
    return [this] { return Moment{now_.load(), kStart + now_.load() + set_.load()}; };
  }
  void advance_ms(std::int64_t milliseconds) { now_ += milliseconds * 1'000'000; }
  // Somebody sets the calendar's clock: no time passes.
  void jump_ms(std::int64_t milliseconds) { set_ += milliseconds * 1'000'000; }

 private:
  static constexpr std::int64_t kStart = 1'790'000'000'000'000'000;  // 2026-09-21, 14:13:20 UTC

  std::atomic<std::int64_t> now_{1'000'000'000'000};
  std::atomic<std::int64_t> set_{0};
};

}  // namespace gatehouse::limits
