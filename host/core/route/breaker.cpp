#include "core/route/breaker.h"

#include <algorithm>

namespace gatehouse::core {

Breaker::Entry Breaker::enter(Clock::time_point now) {
  if (until_cool(now).count() != 0) return Entry::cooling;
  if (!open()) return Entry::normal;
  const std::lock_guard lock(mutex_);
  if (!open()) return Entry::normal;
  if (probing_ || now < probe_at_) return Entry::refused;
  probing_ = true;
  return Entry::probe;
}

void Breaker::leave(Entry entry, Health health, const BreakerRules& rules, Clock::time_point now) {
  if (health == Health::good) successes_.fetch_add(1, std::memory_order_relaxed);
  if (entry == Entry::normal && health == Health::good && failures_.load(std::memory_order_relaxed) == 0) return;
  const std::lock_guard lock(mutex_);
  if (entry == Entry::probe) {
    probing_ = false;
  } else if (open()) {
    return;  // it began before the target was given up, and says nothing new
  }
  switch (health) {
    case Health::unknown: break;
    case Health::good:
      failures_ = 0;
      open_ = false;
      break;
    case Health::bad:
      ++failures_;
      if (rules.failures == 0 || (!fails_often(rules, now) && failures_ < rules.failures)) break;
      open_ = true;
      before_ = {};
      bad_ = successes_ = 0;
      probe_at_ = now + rules.open_for;
      break;
  }
}

// Counts a failure. Windows follow each other when a failure finds the last one over.
bool Breaker::fails_often(const BreakerRules& rules, Clock::time_point now) {
  if (now - window_began_ >= rules.window) {
    before_ = now - window_began_ < 2 * rules.window ? Tally{successes_, bad_} : Tally{};
    bad_ = successes_ = 0;
    window_began_ = now;
  }
  ++bad_;
  const std::uint32_t bad = before_.bad + bad_;
  const std::uint32_t all = before_.good + successes_ + bad;
  return rules.share > 0 && all >= rules.least && bad >= rules.share * all;
}

void Breaker::cool_down(Clock::time_point until) {
  Clock::rep known = cool_at_;
  while (known < until.time_since_epoch().count() &&
         !cool_at_.compare_exchange_weak(known, until.time_since_epoch().count())) {
  }
}

Breaker::Clock::duration Breaker::until_cool(Clock::time_point now) const {
  const Clock::duration at(cool_at_.load(std::memory_order_relaxed));
  return std::max(at - now.time_since_epoch(), Clock::duration::zero());
}

Breaker::Clock::duration Breaker::until_probe(Clock::time_point now) const {
  if (!open()) return {};
  const std::lock_guard lock(mutex_);
  return std::max(probe_at_ - now, Clock::duration::zero());
}

Status circuit_open(const std::string& provider, Breaker::Clock::duration until_probe) {
  Status status(
      Code::upstream_unreachable,
      "The provider '" + provider + "' failed too often of late and is being left alone for a while; try again then");
  status.failure().http_status = 503;
  status.failure().reason = "circuit_open";
  status.failure().retry_after = std::chrono::ceil<std::chrono::milliseconds>(until_probe);
  return status;
}

Status cooling_down(const std::string& provider, Breaker::Clock::duration until_cool) {
  Status status(Code::rate_limited, "The provider '" + provider +
                                        "' asked for a pause, and is left alone until it is over; try again then");
  status.failure().reason = "provider_cooling_down";
  status.failure().retry_after = std::chrono::ceil<std::chrono::milliseconds>(until_cool);
  return status;
}

}  // namespace gatehouse::core
