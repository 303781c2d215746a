// Keeps requests away from a target that fails, so that callers get the next target at once instead of waiting for
// the failure anew. Failures in a row open the breaker, and so does a large share of them in a while. After a while it
// lets one probe through, and the probe closes it or opens it again. A target that asked for a pause is left alone until
// that is over. It belongs to the host and outlives reloads. Thread-safe.
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
  double share = 0.5;                          // of failures within a window; 0: it does not matter
  std::chrono::milliseconds window{30'000};
  std::uint32_t least = 20;                    // attempts within a window, before their share matters
};

class Breaker {
 public:
  using Clock = std::chrono::steady_clock;
  enum class Entry : std::uint8_t { refused, cooling, normal, probe };
  // What an attempt showed of the target. unknown: it ended for a reason that is not the target's.
  enum class Health : std::uint8_t { good, bad, unknown };

  Entry enter(Clock::time_point now);
  // REQUIRES: once for each entry that was not refused, nor is cooling.
  void leave(Entry entry, Health health, const BreakerRules& rules, Clock::time_point now);

  // The target asked to be left alone until then.
  void cool_down(Clock::time_point until);
  Clock::duration until_cool(Clock::time_point now) const;  // 0: now

  bool open() const { return open_.load(std::memory_order_relaxed); }
  // Until a probe may be let through; 0 when it may now, or none is needed.
  Clock::duration until_probe(Clock::time_point now) const;

 private:
  // Written under the lock, read also without it: a healthy target costs no lock.
  std::atomic<bool> open_{false};
  std::atomic<std::uint32_t> failures_{0};   // in a row
  std::atomic<std::uint32_t> successes_{0};  // in this window
  std::atomic<Clock::rep> cool_at_{0};

  // How many attempts ended how, in a window and a part of the one before.
  struct Tally {
    std::uint32_t good = 0, bad = 0;
  };
  bool fails_often(const BreakerRules& rules, Clock::time_point now);

  mutable std::mutex mutex_;
  Tally before_;           // guarded by mutex_, as is all below
  std::uint32_t bad_ = 0;  // in this window
  Clock::time_point window_began_;
  bool probing_ = false;
  Clock::time_point probe_at_;
};

// What the caller is told where a breaker let nobody in.
Status circuit_open(const std::string& provider, Breaker::Clock::duration until_probe);
// The same of a target that asked for a pause; rate_limited.
Status cooling_down(const std::string& provider, Breaker::Clock::duration until_cool);

}  // namespace gatehouse::core
