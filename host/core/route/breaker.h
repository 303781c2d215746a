// Keeps requests away from a target that fails, so that callers get the next target at once instead of waiting for
// the failure anew. Failures in a row open the breaker. After a while it lets one probe through, and the probe
// closes it or opens it again. It belongs to the host and outlives reloads. Thread-safe.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <mutex>
#include <string>

#include "core/status.h"

namespace gatehouse::core {

struct BreakerRules {
  std::uint32_t failures = 5;                  // in a row; 0: it never opens
  std::chrono::milliseconds open_for{10'000};  // before a probe
};

class Breaker {
 public:
  using Clock = std::chrono::steady_clock;
  enum class Entry : std::uint8_t { refused, normal, probe };
  // What an attempt showed of the target. unknown: it ended for a reason that is not the target's.
  enum class Health : std::uint8_t { good, bad, unknown };

  Entry enter(Clock::time_point now);
  // REQUIRES: once for each entry that was not refused.
  void leave(Entry entry, Health health, const BreakerRules& rules, Clock::time_point now);

  bool open() const { return open_.load(std::memory_order_relaxed); }
  // Until a probe may be let through; 0 when it may now, or none is needed.
  Clock::duration until_probe(Clock::time_point now) const;

 private:
  // Written under the lock, read also without it: a healthy target costs no lock.
  std::atomic<bool> open_{false};
  std::atomic<std::uint32_t> failures_{0};  // in a row

  mutable std::mutex mutex_;
  bool probing_ = false;        // guarded by mutex_
  Clock::time_point probe_at_;  // guarded by mutex_
};

// What the caller is told where a breaker let nobody in.
Status circuit_open(const std::string& provider, Breaker::Clock::duration until_probe);

}  // namespace gatehouse::core
