// START HERE: who may spend how much. Every exchange reserves before it does any work, and settles once
// its cost is known; the ledger lives as long as the gateway, whatever is reloaded. Thread-safe.
#pragma once

#include <cstdint>
#include <memory>
#include <shared_mutex>
#include <span>

#include "core/limit_rule.h"
#include "core/quota.h"
#include "core/status.h"
#include "limits/reservation.h"
#include "limits/rules.h"

namespace gatehouse::limits {

std::int64_t steady_nanoseconds();

class Ledger {
 public:
  static constexpr std::size_t kMaxSubjects = 100'000;

  // max_subjects: how many spenders are remembered under one limit at a time.
  explicit Ledger(std::span<const core::LimitRule> rules = {}, Clock clock = steady_nanoseconds,
                  std::size_t max_subjects = kMaxSubjects);

  // Takes from every limit that applies, or from none. rate_limited: failure().reason is "requests",
  // "tokens" or "concurrent", and retry_after says when that limit would let this request pass.
  core::Result<Reservation> reserve(const Subject& subject, const Cost& cost);

  // What a refused caller is told of its limits.
  core::Quotas quotas(const Subject& subject) const;

  // From now on these apply. What was spent stays spent; running exchanges keep their slots.
  void set_rules(std::span<const core::LimitRule> rules);

 private:
  std::shared_ptr<const Rules> rules() const;

  const std::size_t max_subjects_;
  mutable std::shared_mutex mutex_;  // held to copy or to replace the pointer, never longer
  std::shared_ptr<const Rules> rules_;
};

}  // namespace gatehouse::limits
