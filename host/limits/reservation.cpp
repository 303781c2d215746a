#include "limits/reservation.h"

#include <algorithm>
#include <limits>
#include <utility>

namespace gatehouse::limits {
namespace {

std::int64_t to_signed(std::uint64_t tokens) {
  constexpr auto most = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max() / 2);
  return static_cast<std::int64_t>(std::min(tokens, most));
}

}  // namespace

Reservation::Reservation(std::shared_ptr<const Rules> rules, const Cost& cost)
    : rules_(std::move(rules)), tokens_(cost.input_tokens + cost.output_tokens), settled_(false) {}

Reservation::Reservation(Reservation&& other) noexcept
    : rules_(std::move(other.rules_)),
      holds_(other.holds_),
      hold_count_(std::exchange(other.hold_count_, 0)),
      tokens_(other.tokens_),
      noted_(other.noted_),
      settled_(std::exchange(other.settled_, true)) {}

Reservation& Reservation::operator=(Reservation&& other) noexcept {
  Reservation mine(std::move(*this));  // settled on the way out
  rules_ = std::move(other.rules_);
  holds_ = other.holds_;
  hold_count_ = std::exchange(other.hold_count_, 0);
  tokens_ = other.tokens_;
  noted_ = other.noted_;
  settled_ = std::exchange(other.settled_, true);
  return *this;
}

Reservation::~Reservation() {
  if (rules_ == nullptr) return;
  close(noted_);
  unpin();
}

core::Status Reservation::take_all(const Subject& subject, const Cost& cost) {
  for (const Rule& rule : rules_->rules) {
    if (rule.dimension() != Dimension::tokens) continue;
    if (cost.input_tokens > static_cast<std::uint64_t>(rule.most())) {
      return rule.refused_too_large(subject, cost.input_tokens);
    }
  }
  const std::int64_t now = rules_->clock();
  for (const Rule& rule : rules_->rules) GH_TRY(take(rule, subject, cost, now));
  return {};
}

core::Status Reservation::take(const Rule& rule, const Subject& subject, const Cost& cost, std::int64_t now) {
  Cell* cell = rule.pin(subject, now);
  if (cell == nullptr) {
    return {core::Code::overloaded, "Too many different callers at once; try again in a minute"};
  }
  const std::int64_t amount = rule.amount(cost);
  if (!rule.take(*cell, amount, now)) {
    core::Status refused = rule.refused(subject, rule.wait(*cell, amount, now));
    Table::unpin(*cell);
    return refused;
  }
  holds_[hold_count_++] = {&rule, cell, amount};
  return {};
}

void Reservation::settle(std::uint64_t tokens) { close(tokens); }

void Reservation::close(std::optional<std::uint64_t> tokens) {
  if (std::exchange(settled_, true)) return;
  const std::int64_t now = rules_->clock();
  for (const Hold& hold : std::span(holds_).first(hold_count_)) {
    switch (hold.rule->dimension()) {
      case Dimension::concurrent: hold.rule->charge(*hold.cell, -hold.amount, now); break;
      case Dimension::requests: break;
      case Dimension::tokens:
        if (tokens) hold.rule->charge(*hold.cell, to_signed(*tokens) - hold.amount, now);
        break;
    }
  }
}

void Reservation::release(Keep keep) {
  if (std::exchange(settled_, true)) return;
  const std::int64_t now = rules_->clock();
  for (const Hold& hold : std::span(holds_).first(hold_count_)) {
    if (hold.rule->dimension() == Dimension::requests && keep == Keep::request) continue;
    hold.rule->charge(*hold.cell, -hold.amount, now);
  }
}

core::Quotas Reservation::quotas() const {
  core::Quotas quotas;
  if (rules_ == nullptr) return quotas;
  const std::int64_t now = rules_->clock();
  for (const Hold& hold : std::span(holds_).first(hold_count_)) {
    tighten(quotas, hold.rule->dimension(), hold.rule->quota(hold.cell, now));
  }
  return quotas;
}

void Reservation::unpin() {
  for (const Hold& hold : std::span(holds_).first(hold_count_)) Table::unpin(*hold.cell);
  hold_count_ = 0;
}

void tighten(core::Quotas& quotas, Dimension dimension, const core::Quota& quota) {
  if (dimension == Dimension::concurrent) return;
  core::Quota& tightest = dimension == Dimension::requests ? quotas.requests : quotas.tokens;
  if (tightest.limit == 0 || quota.remaining < tightest.remaining) tightest = quota;
}

}  // namespace gatehouse::limits
