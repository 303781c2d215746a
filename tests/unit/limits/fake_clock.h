// A clock that stands still until a test moves it.
#pragma once

#include <atomic>
#include <cstdint>

#include "limits/rules.h"

namespace gatehouse::limits {

class FakeClock {
 public:
  Clock clock() {
    return [this] { return now_.load(); };
  }
  void advance_ms(std::int64_t milliseconds) { now_ += milliseconds * 1'000'000; }

 private:
  std::atomic<std::int64_t> now_{1'000'000'000'000};
};

}  // namespace gatehouse::limits
