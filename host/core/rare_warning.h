// A warning that may have to be said very often: the log gets one line per interval at most, and how many
// were left out since. Thread-safe.
#pragma once

#include <chrono>
#include <cstdint>
#include <mutex>
#include <string>

namespace gatehouse::core {

class RareWarning {
 public:
  explicit RareWarning(std::chrono::milliseconds apart) : apart_(apart) {}

  void say(std::string text);

 private:
  using Clock = std::chrono::steady_clock;

  const std::chrono::milliseconds apart_;
  std::mutex mutex_;
  Clock::time_point next_{};      // guarded by mutex_
  std::uint64_t left_out_ = 0;  // guarded by mutex_
};

}  // namespace gatehouse::core
