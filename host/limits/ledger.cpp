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
    book(scope).table.peek(name_of(scope, subject), [&](const Table::Entry& entry) {
      known = true;
      tell(entry.second);
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

Table::Entry* Ledger::pin(Scope scope, const Rules& rules, std::string_view name, const Moment& now) {
  return book(scope).table.pin(name, [&](const Account& account) {
    // The limits of the account's key are not known here. There are no more such accounts than keys.
    return scope != Scope::own && idle(account, rules, now);
  });
}

void Ledger::forget_idle() {
  const Moment now = clock_();
  for (const Scope scope : kConfiguredScopes) {
    Book& known = book(scope);
    for (std::size_t part = 0; part < Table::kParts; ++part) {
      const auto lock = readers_.shared();
      known.table.forget(part, [&](const Account& account) { return idle(account, known.rules, now); });
    }
  }
}

Rules Ledger::rules(Scope scope) const {
  const auto lock = readers_.shared();
  return book(scope).rules;
}

}  // namespace gatehouse::limits
