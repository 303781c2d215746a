#include "limits/reservation.h"

#include <algorithm>
#include <limits>
#include <span>
#include <utility>

#include "limits/ledger.h"

namespace gatehouse::limits {
namespace {

std::int64_t to_signed(std::uint64_t tokens) {
  constexpr auto most = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max() / 2);
  return static_cast<std::int64_t>(std::min(tokens, most));
}

constexpr Scope kInOrder[] = {Scope::client, Scope::key, Scope::own, Scope::model, Scope::global};

}  // namespace

Reservation::Reservation(Ledger& ledger, const Subject& subject, const Cost& cost)
    : ledger_(&ledger),
      began_(ledger.clock_()),
      own_(subject.own != nullptr ? Rules(*subject.own) : Rules()),
      tokens_(cost.input_tokens + cost.output_tokens),
      settled_(false) {}

Reservation::Reservation(Reservation&& other) noexcept { *this = std::move(other); }

Reservation& Reservation::operator=(Reservation&& other) noexcept {
  if (this == &other) return *this;
  if (ledger_ != nullptr) {
    close(noted_);
    unpin();
  }
  ledger_ = std::exchange(other.ledger_, nullptr);
  began_ = other.began_;
  own_ = other.own_;
  std::copy_n(other.holds_.begin(), other.hold_count_, holds_.begin());
  hold_count_ = std::exchange(other.hold_count_, 0);
  tokens_ = other.tokens_;
  noted_ = other.noted_;
  settled_ = std::exchange(other.settled_, true);
  return *this;
}

Reservation::~Reservation() {
  if (ledger_ == nullptr) return;
  close(noted_);
  unpin();
}

const Rules& Reservation::rules_of(Scope scope) const {
  return scope == Scope::own ? own_ : ledger_->book(scope).rules;
}

core::Status Reservation::take_all(const Subject& subject, const Cost& cost) {
  const auto lock = ledger_->readers_.shared();
  for (const Scope scope : kInOrder) {
    for (const Rule& rule : rules_of(scope)) {
      if (!rule.can_ever_hold(cost)) return rule.refused_too_large(described(scope, subject), cost);
    }
  }
  for (const Scope scope : kInOrder) GH_TRY(take(scope, rules_of(scope), subject, cost));
  return {};
}

core::Status Reservation::take(Scope scope, const Rules& rules, const Subject& subject, const Cost& cost) {
  if (rules.empty()) return {};
  Table::Entry* entry = ledger_->pin(scope, rules, name_of(scope, subject), began_);
  if (entry == nullptr) {
    return {core::Code::overloaded, "Too many different callers at once; try again in a minute"};
  }
  Hold& hold = holds_[hold_count_++];
  hold = {entry, scope, {}, {}};
  for (const Rule& rule : rules) {
    // A key's own limit stands in for the one that every key has.
    if (scope == Scope::key && own_.find(rule.dimension()) != nullptr) continue;
    const std::int64_t amount = rule.amount(cost);
    if (!rule.take(entry->second, amount, began_)) {
      return rule.refused(described(scope, subject), rule.wait(entry->second, amount, began_));
    }
    const auto dimension = static_cast<std::size_t>(rule.dimension());
    hold.amounts[dimension] = amount;
    hold.taken[dimension] = true;
  }
  ledger_->notes_.add(*entry, scope, own_);
  return {};
}

void Reservation::settle(std::uint64_t tokens, std::int64_t nanodollars) { close(Spent{tokens, nanodollars}); }

void Reservation::close(const std::optional<Spent>& spent) {
  if (std::exchange(settled_, true)) return;
  give_back([&](Dimension dimension, std::int64_t taken) -> std::int64_t {
    switch (dimension) {
      case Dimension::concurrent: return -taken;
      case Dimension::requests: return 0;
      case Dimension::tokens:
      case Dimension::tokens_day: return spent ? to_signed(spent->tokens) - taken : 0;
      case Dimension::dollars_day:
      case Dimension::dollars_month: return spent ? spent->nanodollars - taken : 0;
    }
    return 0;
  });
}

void Reservation::release(Keep keep) {
  if (std::exchange(settled_, true)) return;
  give_back([&](Dimension dimension, std::int64_t taken) {
    return dimension == Dimension::requests && keep == Keep::request ? 0 : -taken;
  });
}

template <class Amount>
void Reservation::give_back(const Amount& amount) {
  if (ledger_ == nullptr) return;
  const std::int64_t now = ledger_->clock_().steady;
  const auto lock = ledger_->readers_.shared();
  for (const Hold& hold : std::span(holds_).first(hold_count_)) {
    Account& account = hold.entry->second;
    bool changed = false;
    for (std::size_t i = 0; i < kDimensions; ++i) {
      const auto dimension = static_cast<Dimension>(i);
      const std::int64_t by = hold.taken[i] ? amount(dimension, hold.amounts[i]) : 0;
      if (by == 0) continue;
      changed = true;
      if (Window* window = window_of(account, dimension)) {
        window->charge(by, period_of(dimension, began_));
      } else if (Bucket* bucket = bucket_of(account, dimension)) {
        // The rule may have been lifted, or have another rate, since the amount was taken.
        if (const Rule* rule = rules_of(hold.scope).find(dimension)) bucket->charge(rule->rate(), by, now);
      } else {
        account.running.fetch_sub(1, std::memory_order_relaxed);
      }
    }
    if (changed) ledger_->notes_.add(*hold.entry, hold.scope, own_);
  }
}

core::Quotas Reservation::quotas() const {
  core::Quotas quotas;
  if (ledger_ == nullptr) return quotas;
  const Moment now = ledger_->clock_();
  const auto lock = ledger_->readers_.shared();
  for (const Hold& hold : std::span(holds_).first(hold_count_)) {
    for (const Rule& rule : rules_of(hold.scope)) {
      if (hold.taken[static_cast<std::size_t>(rule.dimension())])
        tighten(quotas, rule.dimension(), rule.quota(hold.entry->second, now));
    }
  }
  return quotas;
}

void Reservation::unpin() {
  for (const Hold& hold : std::span(holds_).first(hold_count_)) Table::unpin(*hold.entry);
  hold_count_ = 0;
}

void tighten(core::Quotas& quotas, Dimension dimension, const core::Quota& quota) {
  const auto fold = [&](core::Quota& tightest) {
    if (tightest.limit == 0 || quota.remaining < tightest.remaining) tightest = quota;
  };
  switch (dimension) {
    case Dimension::requests: return fold(quotas.requests);
    case Dimension::tokens: return fold(quotas.tokens);
    case Dimension::tokens_day: return fold(quotas.tokens_today);
    default: return;
  }
}

}  // namespace gatehouse::limits
