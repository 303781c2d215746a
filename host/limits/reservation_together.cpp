// A reservation from accounts that several gateways hold together. What they give is charged to this
// gateway's own part as well, so that it knows where it stands when it is left alone.
#include <algorithm>

#include "limits/ledger.h"
#include "limits/reservation.h"

namespace gatehouse::limits {

using core::Status;
using core::WhenAway;

Status Reservation::take_together(const Subject& subject, const Cost& cost) {
  together_ = std::make_unique<Together>();
  std::vector<SharedItem>& items = together_->items;
  items = ledger_->shared_items(subject, cost, began_);
  for (const SharedItem& item : items) {
    const Rule whole(item.dimension, item.most, *item.calendar);
    if (whole.can_ever_hold(cost)) continue;
    scarce_ = {item.scope, item.dimension};
    return whole.refused_too_large(ledger_->described(item, subject), cost);
  }
  GH_TRY(take_slots(subject, cost));
  switch (items.empty() ? SharedAccounts::Taken::all : ledger_->sharing_.accounts->take(items)) {
    case SharedAccounts::Taken::all: together_->taken = true; return take_part(subject, cost, true);
    case SharedAccounts::Taken::unknown: return take_alone(subject, cost);
    case SharedAccounts::Taken::none: break;
  }
  const auto scarce = std::find_if(items.begin(), items.end(), [](const SharedItem& item) { return !item.fits; });
  if (scarce == items.end()) return take_alone(subject, cost);
  scarce_ = {scarce->scope, scarce->dimension};
  const Rule rule(scarce->dimension, scarce->most, *scarce->calendar);
  return rule.refused(ledger_->described(*scarce, subject), scarce->until_fits);
}

// Opens every account there is a rule for, and takes what is not shared.
Status Reservation::take_slots(const Subject& subject, const Cost& cost) {
  const auto lock = ledger_->readers_.shared();
  for (const Applied& one : ledger_->applied(subject, own_.get())) {
    Hold* const hold = open(one);
    if (hold == nullptr) return too_many_spenders();
    for (const Rule& rule : rules_of(one.line)) {
      if (is_slot(rule.info()) && one.decides[index_of(rule)]) GH_TRY(take(*hold, rule, subject, cost));
    }
  }
  return {};
}

Status Reservation::take_alone(const Subject& subject, const Cost& cost) {
  if (ledger_->sharing_.when_away != WhenAway::closed) {
    return take_part(subject, cost, ledger_->sharing_.when_away == WhenAway::open);
  }
  Status closed(core::Code::overloaded, "The limits cannot be looked up now; try again in a second");
  closed.failure().retry_after = std::chrono::seconds(1);
  closed.failure().spread = true;
  return closed;
}

// From this gateway's own part of what is shared.
Status Reservation::take_part(const Subject& subject, const Cost& cost, bool whatever_is_left) {
  const auto lock = ledger_->readers_.shared();
  for (Hold& hold : holds_) {
    for (const Rule& rule : rules_of(hold.line)) {
      if (is_slot(rule.info()) || !hold.decides[index_of(rule)]) continue;
      if (!whatever_is_left) {
        GH_TRY(take(hold, rule, subject, cost));
      } else if (rule.concerns(cost)) {
        hold.parts.push_back({rule.dimension(), rule.period(hold.entry->second, began_), rule.amount(cost)});
        rule.charge(hold.entry->second, rule.amount(cost), began_);
      }
    }
    ledger_->notes_.add(*hold.entry, hold.scope, own_);
  }
  return {};
}

}  // namespace gatehouse::limits
