#include "limits/ledger.h"

#include <chrono>
#include <mutex>

namespace gatehouse::limits {

std::int64_t steady_nanoseconds() {
  const auto since_boot = std::chrono::steady_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::nanoseconds>(since_boot).count();
}

Ledger::Ledger(std::span<const core::LimitRule> rules, Clock clock, std::size_t max_subjects)
    : max_subjects_(max_subjects), rules_(make_rules(rules, Rules{{}, std::move(clock)}, max_subjects)) {}

core::Result<Reservation> Ledger::reserve(const Subject& subject, const Cost& cost) {
  Reservation reservation(rules(), cost);
  if (core::Status refused = reservation.take_all(subject, cost); !refused.ok()) {
    reservation.release(Keep::nothing);
    return refused;
  }
  return reservation;
}

core::Quotas Ledger::quotas(const Subject& subject) const {
  const auto current = rules();
  const std::int64_t now = current->clock();
  core::Quotas quotas;
  for (const Rule& rule : current->rules) {
    core::Quota quota = rule.quota(nullptr, now);
    rule.table()->peek(rule.name_of(subject), [&](const Cell& cell) { quota = rule.quota(&cell, now); });
    tighten(quotas, rule.dimension(), quota);
  }
  return quotas;
}

void Ledger::set_rules(std::span<const core::LimitRule> rules) {
  std::unique_lock lock(mutex_);
  rules_ = make_rules(rules, *rules_, max_subjects_);
}

std::shared_ptr<const Rules> Ledger::rules() const {
  std::shared_lock lock(mutex_);
  return rules_;
}

}  // namespace gatehouse::limits
