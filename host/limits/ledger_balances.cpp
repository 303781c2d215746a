// The ledger's balances, as they are written down, read again after a restart, and shown.
#include <algorithm>
#include <map>

#include "limits/ledger.h"

namespace gatehouse::limits {

using core::kConfiguredScopes;

namespace {

// Calls visit(balance) for each of the account's.
template <class Visit>
void each_balance_of(Scope scope, const Table::Entry& entry, const Rules& rules, const Moment& now,
                     const Visit& visit) {
  for (const Rule& rule : rules) {
    if (is_slot(rule.info())) continue;  // ends with the process
    visit(Balance{scope, entry.first, rule.dimension(), rule.period(entry.second, now), rule.most(),
                  rule.spent(entry.second, now), now.unix_ns});
  }
}

}  // namespace

std::vector<Balance> Ledger::changes() {
  std::list<Notes::Note> notes = notes_.take();
  auto next = notes.begin();
  try {
    const Moment now = clock_();
    std::vector<Balance> balances;
    const auto lock = readers_.shared();
    while (next != notes.end()) {
      const Notes::Note& note = *next++;
      note.entry->second.noted.exchange(false, std::memory_order_acq_rel);
      const Line* const line = book(note.scope).line_of(note.entry->first);
      if (const Rules* const rules = note.own != nullptr ? note.own.get() : line != nullptr ? &line->rules : nullptr)
        each_balance_of(note.scope, *note.entry, *rules, now,
                        [&](Balance&& balance) { balances.push_back(std::move(balance)); });
    }
    for (const Notes::Note& note : notes) Table::unpin(*note.entry);
    return balances;
  } catch (...) {
    notes_.put_back(notes, next);
    throw;
  }
}

void Ledger::restore(std::span<const Balance> balances) {
  const Moment now = clock_();
  // Part by part, a million accounts are made in a third of the time.
  std::vector<std::vector<const Balance*>> parts(Table::kParts);
  for (const Balance& balance : balances) parts[Table::part_of(balance.name)].push_back(&balance);
  const auto lock = readers_.shared();
  for (const auto& part : parts)
    for (const Balance* balance : part) restore(*balance, now);
}

void Ledger::restore(const Balance& balance, const Moment& now) {
  const Rule written(balance.dimension, balance.most);
  const Line* const line = book(balance.scope).line_of(balance.name);
  const Rule* const rule = balance.scope == Scope::own ? &written
                           : line != nullptr           ? line->rules.find(balance.dimension)
                                                       : nullptr;
  if (rule == nullptr) return;
  Table::Entry* entry = pin(balance.scope, balance.name, now);
  if (entry == nullptr) return;  // there is no room for all of them: the first stay
  if (Window* window = entry->second.window(written.info())) {
    // The period lies ahead if the clock was set back since. More than one ahead, the clock was wrong: spent now.
    const std::int32_t current = rule->present(now).number;
    const std::int32_t period = balance.period > current + 1 ? current : balance.period;
    if (period >= current) {
      window->charge(balance.spent, period);
      remember(balance, *rule, period);
    }
  } else if (Bucket* bucket = entry->second.bucket(written.info())) {
    constexpr std::int64_t kYear = 366 * 86'400'000'000'000;  // more time would leave the range of ticks
    const std::int64_t elapsed = std::clamp<std::int64_t>(now.unix_ns - balance.unix_ns, 0, kYear);
    const std::int64_t refilled = written.rate().amount(written.rate().ticks_at(elapsed));
    bucket->charge(rule->rate(), std::max<std::int64_t>(balance.spent - refilled, 0), now.steady);
  }
  Table::unpin(*entry);
}

// The shared accounts should know of it.
void Ledger::remember(const Balance& balance, const Rule& rule, std::int32_t period) {
  if (sharing_.accounts == nullptr) return;
  SharedItem item{balance.scope, balance.name, balance.dimension, balance.most, balance.spent, period};
  item.calendar = &rule.calendar();
  sharing_.accounts->remember(item);
}

void Ledger::begin_with(std::span<const Balance> spending) {
  const Moment now = clock_();
  const auto lock = readers_.shared();
  for (const Balance& one : spending) {
    const Line* const line = book(one.scope).line_of(one.name);
    const Rule* const whole = line != nullptr ? line->whole.find(one.dimension) : nullptr;
    if (whole == nullptr) continue;  // lifted a moment ago
    Table::Entry* const entry = pin(one.scope, one.name, now);
    if (entry == nullptr) return;  // there is no room for all of them: the first stay
    Window* const window = entry->second.window(core::info(one.dimension));
    const std::int64_t more = window == nullptr ? 0 : one.spent - window->spent(one.period);
    if (more > 0) {
      window->charge(more, one.period);
      notes_.add(*entry, one.scope, {});
      SharedItem item{one.scope, one.name, one.dimension, whole->most(), more, one.period};
      item.calendar = &whole->calendar();
      if (sharing_.accounts != nullptr) sharing_.accounts->charge(item);
    }
    Table::unpin(*entry);
  }
}

void Ledger::each_balance(std::optional<Scope> scope, std::optional<std::string_view> name,
                          const std::function<void(Balance&&)>& visit) {
  const Moment now = clock_();
  for (const Scope one : kConfiguredScopes) {
    if (scope && *scope != one) continue;
    Book& known = book(one);
    const auto tell = [&](const Table::Entry& entry) {
      const Line* const line = known.line_of(entry.first);
      if (line == nullptr) return;
      each_balance_of(one, entry, line->rules, now, [&](Balance&& balance) {
        const Rule& whole = *line->whole.find(balance.dimension);
        balance.whole = whole.most();
        balance.calendar = &whole.calendar();
        visit(std::move(balance));
      });
    };
    // Whoever changes the rules meanwhile waits for a part, not for a million accounts, and requests wait for him.
    for (std::size_t part = 0; !name && part < Table::kParts; ++part) {
      const auto lock = readers_.shared();
      known.table().for_each(part, tell);
    }
    const auto lock = readers_.shared();
    for (const Line* line : name ? known.lines() : std::vector<const Line*>())
      known.table().peek(account_name(*name, line->label), tell);
  }
}

std::vector<Balance> Ledger::fullest() {
  const Moment now = clock_();
  std::vector<Balance> all;
  for (const Scope scope : kConfiguredScopes) {
    Book& known = book(scope);
    std::map<std::pair<const Line*, Dimension>, Balance> of_scope;
    for (std::size_t part = 0; part < Table::kParts; ++part) {
      const auto lock = readers_.shared();
      known.table().for_each(part, [&](const Table::Entry& entry) {
        const Line* const line = known.line_of(entry.first);
        if (line == nullptr) return;
        for (const Rule& rule : line->rules) {
          if (is_slot(rule.info())) continue;
          const std::int64_t spent = rule.spent(entry.second, now);
          Balance& most = of_scope[{line, rule.dimension()}];
          if (most.most != 0 && spent <= most.spent) continue;
          const Rule& whole = *line->whole.find(rule.dimension());
          most = {scope, entry.first, rule.dimension(), rule.period(entry.second, now), rule.most(), spent, now.unix_ns,
                  whole.most(), &whole.calendar()};
        }
      });
    }
    for (auto& [limit, balance] : of_scope) all.push_back(std::move(balance));
  }
  return all;
}

std::vector<Balance> Ledger::balances() {
  std::vector<Balance> balances;
  each_balance({}, {}, [&](Balance&& balance) { balances.push_back(std::move(balance)); });
  return balances;
}

std::vector<Balance> Ledger::together(std::span<const Balance> balances) const {
  if (sharing_.accounts == nullptr) return {};
  std::vector<SharedItem> items;
  for (const Balance& balance : balances) {
    items.push_back({balance.scope, balance.name, balance.dimension, balance.whole});
    items.back().period = balance.period;
    items.back().calendar = balance.calendar;
  }
  if (sharing_.accounts->take(items) == SharedAccounts::Taken::unknown) return {};  // an amount of 0 only asks
  std::vector<Balance> all;
  for (const SharedItem& item : items)
    all.push_back({item.scope, item.name, item.dimension, item.period, item.most, item.most - item.remaining, 0});
  return all;
}

}  // namespace gatehouse::limits
