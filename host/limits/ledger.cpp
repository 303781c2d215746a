#include "limits/ledger.h"

#include <algorithm>

namespace gatehouse::limits {

using core::kConfiguredScopes;

namespace {

std::vector<core::LimitRule> of_scope(std::span<const core::LimitRule> rules, Scope scope) {
  std::vector<core::LimitRule> chosen;
  for (const core::LimitRule& rule : rules) {
    if (rule.per == scope) chosen.push_back(rule);
  }
  return chosen;
}

// Whether forgetting an account would change nothing.
bool idle(const Account& account, const Rules& rules, const Moment& now) {
  return std::all_of(rules.begin(), rules.end(), [&](const Rule& rule) {
    const core::Quota quota = rule.quota(account, now);
    return quota.remaining == rule.most() && (rule.info().is_window() || quota.reset == std::chrono::nanoseconds(0));
  });
}

void append_balances(std::vector<Balance>& balances, Scope scope, Table::Entry& entry, const Rules& rules,
                     const Moment& now) {
  for (const Rule& rule : rules) {
    if (is_slot(rule.info())) continue;  // ends with the process
    balances.push_back({scope, entry.first, rule.dimension(), rule.period(entry.second, now), rule.most(),
                        rule.spent(entry.second, now), now.unix_ns});
  }
}

}  // namespace

Ledger::Ledger(std::span<const core::LimitRule> rules, Clock clock, std::size_t max_subjects, Sharing sharing,
               std::size_t newcomers_a_day)
    : clock_(std::move(clock)), sharing_(sharing), newcomers_(newcomers_a_day) {
  for (auto& book : books_) book = std::make_unique<Book>(max_subjects);
  set_rules(rules);
}

core::Result<Reservation> Ledger::reserve(const Subject& subject, const Cost& cost) {
  Reservation reservation(*this, subject, cost);
  if (core::Status refused = reservation.take_all(subject, cost); !refused.ok()) {
    reservation.release();
    return refused;
  }
  return reservation;
}

bool Ledger::counts_tokens(const Subject& subject) const {
  const auto count = [](const Rules& rules) {
    return std::any_of(rules.begin(), rules.end(),
                       [](const Rule& rule) { return rule.info().unit != core::LimitUnit::requests; });
  };
  const auto lock = readers_.shared();
  return (subject.own != nullptr && count(Rules(*subject.own))) ||
         std::any_of(kConfiguredScopes.begin(), kConfiguredScopes.end(),
                     [&](Scope scope) { return count(book(scope).rules); });
}

core::Quotas Ledger::quotas(const Subject& subject) const {
  if (sharing_.accounts == nullptr) return own_quotas(subject);
  std::vector<SharedItem> nothing = shared_items(subject, {}, clock_());
  for (SharedItem& item : nothing) item.amount = 0;
  if (sharing_.accounts->take(nothing) == SharedAccounts::Taken::unknown) return own_quotas(subject);
  core::Quotas quotas;
  for (const SharedItem& item : nothing) tighten(quotas, item);
  return quotas;
}

// Everything but slots, which each gateway has for itself.
std::vector<SharedItem> Ledger::shared_items(const Subject& subject, const Cost& cost, const Moment& now) const {
  const Rules own = subject.own != nullptr ? Rules(*subject.own) : Rules();
  std::vector<SharedItem> items;
  const auto lock = readers_.shared();
  const auto add = [&](Scope scope, const Rules& rules) {
    for (const Rule& rule : rules) {
      if (is_slot(rule.info()) || stands_in(own, scope, rule)) continue;
      SharedItem item{scope, std::string(name_of(scope, subject)), rule.dimension(), rule.most(), rule.amount(cost)};
      item.period = rule.present(now).number;
      item.calendar = &rule.calendar();
      items.push_back(std::move(item));
    }
  };
  for (const Scope scope : kConfiguredScopes) add(scope, book(scope).whole);
  add(Scope::own, own);
  return items;
}

core::Quotas Ledger::own_quotas(const Subject& subject) const {
  const Moment now = clock_();
  core::Quotas quotas;
  const auto lock = readers_.shared();
  const auto look = [&](Scope scope, const Rules& rules) {
    static const Account kNothingSpent;
    const auto tell = [&](const Account& account) {
      for (const Rule& rule : rules) quotas.tighten(rule.dimension(), rule.quota(account, now));
    };
    bool known = false;
    book(scope).table.peek(name_of(scope, subject), [&](const Account& account) {
      known = true;
      tell(account);
    });
    if (!known) tell(kNothingSpent);
  };
  for (const Scope scope : kConfiguredScopes) look(scope, book(scope).rules);
  if (subject.own != nullptr) look(Scope::own, Rules(*subject.own).part(sharing_.gateways));
  return quotas;
}

void Ledger::set_rules(std::span<const core::LimitRule> rules) {
  const Moment now = clock_();
  const auto lock = readers_.exclusive();
  for (const Scope scope : kConfiguredScopes) {
    book(scope).whole = Rules(of_scope(rules, scope));
    replace(book(scope), book(scope).whole.part(sharing_.gateways), now);
  }
}

// A bucket counts in ticks of its rate. When the rate changes, its spending is converted.
void Ledger::replace(Book& book, const Rules& rules, const Moment& now) {
  for (const Rule& before : book.rules) {
    const Rule* after = rules.find(before.dimension());
    if (!is_bucket(before.info()) || (after != nullptr && before.most() == after->most())) continue;
    book.table.for_each([&](Table::Entry& entry) {
      Bucket& bucket = *entry.second.bucket(before.info());
      const std::int64_t spent = before.spent(entry.second, now);
      bucket.clear();
      if (after != nullptr) bucket.charge(after->rate(), spent, now.steady);
    });
  }
  book.rules = rules;
}

std::vector<Balance> Ledger::changes() {
  const Moment now = clock_();
  std::vector<Balance> balances;
  const auto lock = readers_.shared();
  for (const Notes::Note& note : notes_.take()) {
    note.entry->second.noted.exchange(false, std::memory_order_acq_rel);
    append_balances(balances, note.scope, *note.entry, note.scope == Scope::own ? note.own : book(note.scope).rules,
                    now);
    Table::unpin(*note.entry);
  }
  return balances;
}

void Ledger::restore(std::span<const Balance> balances) {
  const Moment now = clock_();
  const auto lock = readers_.shared();
  for (const Balance& balance : balances) restore(balance, now);
}

void Ledger::restore(const Balance& balance, const Moment& now) {
  const Rule written(balance.dimension, balance.most);
  const Rule* rule = balance.scope == Scope::own ? &written : book(balance.scope).rules.find(balance.dimension);
  if (rule == nullptr) return;
  Table::Entry* entry = pin(balance.scope, book(balance.scope).rules, balance.name, now);
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
    const Book& known = book(one.scope);
    const Rule* whole = known.whole.find(one.dimension);
    if (whole == nullptr) continue;  // lifted a moment ago
    Table::Entry* const entry = pin(one.scope, known.rules, one.name, now);
    if (entry == nullptr) return;  // there is no room for all of them: the first stay
    Window* const window = entry->second.window(core::info(one.dimension));
    const std::int64_t more = window == nullptr ? 0 : one.spent - window->spent(one.period);
    if (more > 0) {
      window->charge(more, one.period);
      notes_.add(*entry, one.scope, known.rules);
      SharedItem item{one.scope, one.name, one.dimension, whole->most(), more, one.period};
      item.calendar = &whole->calendar();
      if (sharing_.accounts != nullptr) sharing_.accounts->charge(item);
    }
    Table::unpin(*entry);
  }
}

Table::Entry* Ledger::pin(Scope scope, const Rules& rules, std::string_view name, const Moment& now) {
  return book(scope).table.pin(name, [&](const Account& account) {
    // The limits of the account's key are not known here. There are no more such accounts than keys.
    return scope != Scope::own && idle(account, rules, now);
  });
}

void Ledger::forget_idle() {
  const Moment now = clock_();
  const auto lock = readers_.shared();
  for (const Scope scope : kConfiguredScopes) {
    Book& known = book(scope);
    known.table.forget([&](const Account& account) { return idle(account, known.rules, now); });
  }
}

std::vector<Balance> Ledger::balances() {
  const Moment now = clock_();
  std::vector<Balance> balances;
  const auto lock = readers_.shared();
  for (const Scope scope : kConfiguredScopes) {
    Book& known = book(scope);
    const std::size_t first = balances.size();
    known.table.for_each([&](Table::Entry& entry) { append_balances(balances, scope, entry, known.rules, now); });
    for (Balance& balance : std::span(balances).subspan(first)) {
      const Rule& whole = *known.whole.find(balance.dimension);
      balance.whole = whole.most();
      balance.calendar = &whole.calendar();
    }
  }
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

Rules Ledger::rules(Scope scope) const {
  const auto lock = readers_.shared();
  return book(scope).rules;
}

}  // namespace gatehouse::limits
