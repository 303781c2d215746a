#include "limits/reservation.h"

#include <algorithm>
#include <span>
#include <utility>

#include "limits/ledger.h"

namespace gatehouse::limits {

using core::LimitUnit;

Reservation::Reservation(Ledger& ledger, const Subject& subject, const Cost& cost)
    : ledger_(&ledger),
      began_(ledger.clock_()),
      own_(subject.own == nullptr ? nullptr
                                  : std::make_shared<const Rules>(Rules(*subject.own).part(ledger.sharing_.gateways))),
      tokens_(cost.tokens()),
      settled_(false) {}

Reservation::Reservation(Reservation&& other) noexcept { *this = std::move(other); }

Reservation& Reservation::operator=(Reservation&& other) noexcept {
  if (this == &other) return *this;
  let_go();
  ledger_ = std::exchange(other.ledger_, nullptr);
  began_ = other.began_;
  own_ = std::move(other.own_);
  holds_ = std::move(other.holds_);
  other.holds_.clear();
  tokens_ = other.tokens_;
  together_ = std::move(other.together_);
  settled_ = std::exchange(other.settled_, true);
  return *this;
}

Reservation::~Reservation() { let_go(); }

void Reservation::let_go() {
  give_back([](const DimensionInfo& row, std::int64_t taken) { return is_slot(row) ? -taken : 0; });
  for (const Hold& hold : holds_) Table::unpin(*hold.entry);
  holds_.clear();
}

core::Status Reservation::take_all(const Subject& subject, const Cost& cost) {
  if (ledger_->sharing_.accounts != nullptr) return take_together(subject, cost);
  const auto lock = ledger_->readers_.shared();
  const auto applied = ledger_->applied(subject, own_.get());
  for (const Applied& one : applied) {
    for (const Rule& rule : rules_of(one.line)) {
      if (!one.decides[index_of(rule)] || rule.can_ever_hold(cost)) continue;
      scarce_ = {one.scope, rule.dimension()};
      return rule.refused_too_large(described(one.scope, one.line, subject), cost);
    }
  }
  for (const Applied& one : applied) GH_TRY(take(one, subject, cost));
  return {};
}

core::Status Reservation::take(const Applied& one, const Subject& subject, const Cost& cost) {
  Hold* const hold = open(one);
  if (hold == nullptr) return too_many_spenders();
  for (const Rule& rule : rules_of(one.line)) {
    if (one.decides[index_of(rule)]) GH_TRY(take(*hold, rule, subject, cost));
  }
  ledger_->notes_.add(*hold->entry, one.scope, own_);
  return {};
}

core::Status Reservation::take(Hold& hold, const Rule& rule, const Subject& subject, const Cost& cost) {
  if (!rule.concerns(cost)) return {};
  const std::int64_t amount = rule.amount(cost);
  const std::int32_t period = rule.period(hold.entry->second, began_);
  if (!rule.take(hold.entry->second, amount, began_)) {
    scarce_ = {hold.scope, rule.dimension()};
    return rule.refused(described(hold.scope, hold.line, subject), rule.wait(hold.entry->second, amount, began_));
  }
  hold.parts.push_back({rule.dimension(), period, amount});
  return {};
}

// The spender's account, nothing taken from it yet; nullptr: there is no room for another.
Reservation::Hold* Reservation::open(const Applied& one) {
  Table::Entry* const entry = one.line == nullptr || one.line->label.empty()
                                  ? ledger_->pin(one.scope, one.spender, began_)
                                  : ledger_->pin(one.scope, account_name(one), began_);
  if (entry == nullptr) return nullptr;
  Hold& hold = holds_.emplace_back();
  hold.entry = entry;
  hold.scope = one.scope;
  hold.line = one.line;
  hold.decides = one.decides;
  return &hold;
}

void Reservation::settle(std::uint64_t tokens, std::int64_t nanodollars) {
  give_back([&](const DimensionInfo& row, std::int64_t taken) -> std::int64_t {
    if (is_slot(row)) return -taken;
    if (row.unit == LimitUnit::requests) return 0;
    return (row.is_money() ? nanodollars : as_amount(tokens)) - taken;
  });
}

void Reservation::release() {
  give_back([](const DimensionInfo&, std::int64_t taken) { return -taken; });
}

template <class Amount>
void Reservation::give_back(const Amount& amount) {
  if (std::exchange(settled_, true)) return;
  const std::int64_t now = ledger_->clock_().steady;
  const auto lock = ledger_->readers_.shared();
  for (const Hold& hold : holds_) {
    Account& account = hold.entry->second;
    bool changed = false;
    for (const Part& part : hold.parts) {
      const DimensionInfo& row = core::info(part.dimension);
      const std::int64_t by = amount(row, part.amount);
      if (by == 0) continue;
      changed = true;
      if (Window* window = account.window(row)) {
        window->charge(by, part.period);
      } else if (Bucket* bucket = account.bucket(row)) {
        // The rule may have been lifted, or have another rate, since the amount was taken.
        if (const Rule* rule = rules_of(hold.line).find(row.dimension)) bucket->charge(rule->rate(), by, now);
      } else {
        account.running.fetch_sub(1, std::memory_order_relaxed);
      }
    }
    if (changed) ledger_->notes_.add(*hold.entry, hold.scope, own_);
  }
  if (together_ == nullptr) return;
  for (SharedItem& item : together_->items) {
    const std::int64_t more = amount(core::info(item.dimension), item.amount);
    item.amount = together_->taken ? more : item.amount + more;
    if (item.amount != 0) ledger_->sharing_.accounts->charge(item);
  }
}

core::Quotas Reservation::quotas() const {
  core::Quotas quotas;
  if (ledger_ == nullptr) return quotas;
  if (together_ != nullptr && together_->taken) {
    for (const SharedItem& item : together_->items) tighten(quotas, item);
    return quotas;
  }
  const auto lock = ledger_->readers_.shared();
  for (const Hold& hold : holds_) {
    const Rules& rules = rules_of(hold.line);
    for (const Part& part : hold.parts) {
      if (const Rule* rule = rules.find(part.dimension))
        quotas.tighten(part.dimension, rule->quota(hold.entry->second, began_));
    }
  }
  return quotas;
}

core::Status too_many_spenders() {
  return {core::Code::overloaded, "Too many different callers at once; try again in a minute"};
}

void tighten(core::Quotas& quotas, const SharedItem& item) {
  quotas.tighten(item.dimension,
                 {item.most, std::max<std::int64_t>(item.remaining, 0), std::chrono::nanoseconds(item.until_full)});
}

}  // namespace gatehouse::limits
