#include "core/route/breaker.h"

#include <algorithm>

namespace gatehouse::core {

Breaker::Entry Breaker::enter(Clock::time_point now) {
  if (!open()) return Entry::normal;
  const std::lock_guard lock(mutex_);
  if (!open()) return Entry::normal;
  if (probing_ || now < probe_at_) return Entry::refused;
  probing_ = true;
  return Entry::probe;
}

void Breaker::leave(Entry entry, Health health, const BreakerRules& rules, Clock::time_point now) {
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
      if (rules.failures == 0 || failures_ < rules.failures) break;
      open_ = true;
      probe_at_ = now + rules.open_for;
      break;
  }
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

}  // namespace gatehouse::core
