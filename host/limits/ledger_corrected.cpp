// What an operator takes off the accounts.
#include <algorithm>

#include "limits/ledger.h"

namespace gatehouse::limits {

using core::Code;
using core::Result;
using core::Status;

namespace {

Status wrong(const std::string& what) { return {Code::invalid_request, what}; }

std::string limit_of(const Correction& correction) {
  return "'" + std::string(core::info(correction.dimension).name) + "' per " +
         std::string(core::info(correction.scope).name);
}

}  // namespace

// The rule that all gateways together keep to, and this one's part of it.
Result<Ledger::InForce> Ledger::in_force(const Correction& correction, const core::LimitRule* own) const {
  const auto lock = readers_.shared();
  if (core::info(correction.dimension).kind == core::LimitKind::slot)
    return wrong("'concurrent' comes free by itself, as soon as an exchange ends");
  const bool is_own = correction.scope == Scope::own;
  if (is_own && own == nullptr) return wrong("there is no key '" + std::string(spender_of(correction.name)) + "'");
  const Line* const line = book(correction.scope).line_of(correction.name);
  const Rules whole = is_own ? Rules(*own) : line != nullptr ? line->whole : Rules();
  const Rule* const rule = whole.find(correction.dimension);
  if (rule == nullptr) return wrong("there is no limit " + limit_of(correction));
  return InForce{*rule, whole.part(sharing_.gateways)};
}

Result<Corrected> Ledger::correct(const Correction& correction, const core::LimitRule* own) {
  GH_ASSIGN(const InForce force, in_force(correction, own));
  SharedItem all{correction.scope, correction.name, correction.dimension, force.whole.most()};
  all.calendar = &force.whole.calendar();
  if (sharing_.accounts != nullptr) {
    const auto asked = sharing_.accounts->take({&all, 1});  // an amount of 0 only asks
    if (asked == SharedAccounts::Taken::unknown)
      return Status(Code::overloaded, "The shared limits cannot be reached now, and would not know; try again later");
  }
  const auto lock = readers_.shared();
  const Moment now = clock_();
  Table::Entry* const entry = pin(correction.scope, correction.name, now);
  if (entry == nullptr) return too_many_spenders();
  const Table::Pin pinned(*entry);
  const Rule& part = *force.part.find(correction.dimension);
  const std::int64_t here = std::max<std::int64_t>(part.spent(entry->second, now), 0);
  const std::int64_t spent = sharing_.accounts != nullptr ? all.most - all.remaining : here;
  const std::int64_t back = std::min(correction.credit.value_or(spent), spent);
  if (back <= 0) {
    return wrong("'" + std::string(spender_of(correction.name)) + "' has spent nothing under the limit " +
                 limit_of(correction));
  }
  part.charge(entry->second, -std::min(back, here), now);
  notes_.add(*entry, correction.scope, std::make_shared<const Rules>(force.part));
  if (sharing_.accounts != nullptr) {
    all.amount = -std::min(back, here);
    if (all.amount != 0) sharing_.accounts->charge(all);
    all.amount = std::min(back, here) - back;
    all.of_others = true;
    if (all.amount != 0) sharing_.accounts->charge(all);
  }
  return Corrected{back, spent - back, force.whole.most()};
}

std::vector<Balance> Ledger::own_balances(const std::string& key, const core::LimitRule& own) const {
  static const Account kNothingSpent;
  const Moment now = clock_();
  std::vector<Balance> balances;
  const auto lock = readers_.shared();
  const Rules whole(own), rules = whole.part(sharing_.gateways);
  const auto tell = [&](const Account& account) {
    for (const Rule& rule : rules) {
      if (is_slot(rule.info())) continue;
      balances.push_back({Scope::own, key, rule.dimension(), rule.period(account, now), rule.most(),
                          rule.spent(account, now), now.unix_ns, whole.find(rule.dimension())->most()});
    }
  };
  book(Scope::own).table().peek(key, [&](const Table::Entry& entry) { tell(entry.second); });
  if (balances.empty()) tell(kNothingSpent);
  return balances;
}

}  // namespace gatehouse::limits
