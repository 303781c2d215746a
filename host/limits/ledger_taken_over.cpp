// The ledger beside that of a gateway it takes over from, which still has exchanges under way.
#include <map>

#include "limits/ledger.h"

namespace gatehouse::limits {

std::vector<Balance> Ledger::slots() {
  std::vector<Balance> slots;
  const auto lock = readers_.shared();
  for (const core::ScopeInfo& row : core::kScopes) {
    book(row.scope).table().for_each([&](Table::Entry& entry) {
      const std::int32_t running = entry.second.running.load(std::memory_order_relaxed);
      if (running > 0) slots.push_back({row.scope, entry.first, Dimension::concurrent, 0, 0, running, 0});
    });
  }
  return slots;
}

void Ledger::charge(std::span<const Balance> differences) {
  // A key's own limits are known only from what was counted under them.
  std::map<std::string, core::LimitRule> own;
  for (const Balance& one : differences) {
    if (one.scope == Scope::own) own[one.name].*core::info(one.dimension).limit = one.most;
  }
  const Moment now = clock_();
  const auto lock = readers_.shared();
  for (const Balance& one : differences) {
    const Line* const line = book(one.scope).line_of(one.name);
    charge(one, one.scope == Scope::own ? Rules(own[one.name]) : line != nullptr ? line->rules : Rules(), now);
  }
}

void Ledger::charge(const Balance& difference, const Rules& rules, const Moment& now) {
  const DimensionInfo& row = core::info(difference.dimension);
  Table::Entry* const entry = pin(difference.scope, difference.name, now);
  if (entry == nullptr) return;  // there is no room for all of them: the first stay
  Account& account = entry->second;
  if (is_slot(row)) {
    account.running.fetch_add(static_cast<std::int32_t>(difference.spent), std::memory_order_relaxed);
  } else if (Window* window = account.window(row)) {
    window->charge(difference.spent, difference.period);
    if (const Rule* rule = rules.find(difference.dimension))
      remember(difference, *rule, difference.period);  // its gateway has told them
  } else if (const Rule* rule = rules.find(difference.dimension)) {
    account.bucket(row)->charge(rule->rate(), difference.spent, now.steady);
  }
  if (!is_slot(row)) notes_.add(*entry, difference.scope, std::make_shared<const Rules>(rules));
  Table::unpin(*entry);
}

}  // namespace gatehouse::limits
