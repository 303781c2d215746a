#include "limits/ledger.h"

#include <algorithm>
#include <set>

namespace gatehouse::limits {

using core::kConfiguredScopes;

namespace {

std::shared_ptr<const std::vector<std::string>> tags_of(std::span<const core::LimitRule> rules) {
  std::set<std::string> names;
  for (const core::LimitRule& rule : rules) {
    if (rule.per == Scope::tag) names.insert(rule.tag);
    for (const core::Condition& condition : rule.match)
      if (condition.of == Scope::tag) names.insert(condition.tag);
  }
  return std::make_shared<const std::vector<std::string>>(names.begin(), names.end());
}

}  // namespace

Ledger::Ledger(std::span<const core::LimitRule> rules, Clock clock, std::size_t max_subjects, Sharing sharing,
               std::size_t newcomers_a_day)
    : clock_(std::move(clock)), sharing_(sharing), newcomers_(newcomers_a_day) {
  for (const core::ScopeInfo& row : core::kScopes)
    books_[static_cast<std::size_t>(row.scope)] = std::make_unique<Book>(row.scope, max_subjects);
  set_rules(rules);
}

core::Result<Reservation> Ledger::reserve(const Subject& subject, const Cost& cost, std::optional<Scarce>* scarce) {
  core::Result<Reservation> made = Reservation(*this, subject, cost);  // filled where it stays: moving it costs more
  if (core::Status refused = made->take_all(subject, cost); !refused.ok()) {
    if (scarce != nullptr) *scarce = made->scarce_;
    made->release();
    made = std::move(refused);
  }
  return made;
}

// A key's own limits stand in for those that every key has.
Ledger::AppliedLines Ledger::applied(const Subject& subject, const Rules* own) const {
  AppliedLines lines;
  for (const core::ScopeInfo& row : core::kScopes) {
    if ((row.scope == Scope::provider) == subject.provider.empty()) continue;
    if (row.scope == Scope::own && own != nullptr && !own->empty())
      lines.push_back({row.scope, nullptr, own->limited(), core::name_of(row.scope, {}, subject)});
    book(row.scope).each_applied(subject, [&](Applied&& one) {
      if (row.scope == Scope::key && own != nullptr) one.decides &= ~own->limited();
      if (one.decides.any()) lines.push_back(one);
    });
  }
  return lines;
}

bool Ledger::counts_tokens(const Subject& subject) const {
  const auto count = [](const Rules& rules) {
    return std::any_of(rules.begin(), rules.end(),
                       [](const Rule& rule) { return rule.info().unit != core::LimitUnit::requests; });
  };
  if (subject.own != nullptr && count(Rules(*subject.own))) return true;
  const auto lock = readers_.shared();
  return counts_tokens_;
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
  for (const Applied& one : applied(subject, &own)) {
    for (const Rule& rule : one.line != nullptr ? one.line->whole : own) {
      if (is_slot(rule.info()) || !one.decides[index_of(rule)] || !rule.concerns(cost)) continue;
      SharedItem item{one.scope, account_name(one), rule.dimension(), rule.most(), rule.amount(cost)};
      item.period = rule.present(now).number;
      item.calendar = &rule.calendar();
      items.push_back(std::move(item));
    }
  }
  return items;
}

std::string Ledger::described(const SharedItem& item, const Subject& subject) const {
  const auto lock = readers_.shared();
  return limits::described(item.scope, book(item.scope).line_of(item.name), subject);
}

core::Quotas Ledger::own_quotas(const Subject& subject) const {
  static const Account kNothingSpent;
  const Moment now = clock_();
  const Rules own = subject.own != nullptr ? Rules(*subject.own).part(sharing_.gateways) : Rules();
  core::Quotas quotas;
  const auto lock = readers_.shared();
  for (const Applied& one : applied(subject, &own)) {
    const auto tell = [&](const Account& account) {
      for (const Rule& rule : one.line != nullptr ? one.line->rules : own) {
        if (one.decides[index_of(rule)]) quotas.tighten(rule.dimension(), rule.quota(account, now));
      }
    };
    bool known = false;
    book(one.scope).table().peek(account_name(one), [&](const Table::Entry& entry) {
      known = true;
      tell(entry.second);
    });
    if (!known) tell(kNothingSpent);
  }
  return quotas;
}

void Ledger::set_rules(std::span<const core::LimitRule> rules) {
  const Moment now = clock_();
  const auto lock = readers_.exclusive();
  for (const Scope scope : kConfiguredScopes) book(scope).set_rules(rules, sharing_.gateways, now);
  tags_ = tags_of(rules);
  asks_for_tags_.store(!tags_->empty(), std::memory_order_relaxed);
  limits_providers_.store(!book(Scope::provider).lines().empty(), std::memory_order_relaxed);
  counts_tokens_ = std::any_of(rules.begin(), rules.end(), [](const core::LimitRule& rule) {
    return core::limits_any(rule, [](const DimensionInfo& row) { return row.unit != core::LimitUnit::requests; });
  });
}

std::shared_ptr<const std::vector<std::string>> Ledger::tags() const {
  const auto lock = readers_.shared();
  return tags_;
}

Table::Entry* Ledger::pin(Scope scope, std::string_view account, const Moment& now) {
  Book& of_scope = book(scope);
  return of_scope.table().pin(account, [&](const Table::Entry& entry) { return of_scope.idle(entry, now); });
}

void Ledger::forget_idle() {
  const Moment now = clock_();
  for (const core::ScopeInfo& row : core::kScopes) {
    Book& known = book(row.scope);
    for (std::size_t part = 0; part < Table::kParts; ++part) {
      const auto lock = readers_.shared();
      known.table().for_each(part, [&](Table::Entry& entry) { known.forget_past_hours(entry, now); });
      known.table().forget(part, [&](const Table::Entry& entry) { return known.idle(entry, now); });
    }
  }
}

std::vector<Line> Ledger::lines() const {
  std::vector<Line> all;
  const auto lock = readers_.shared();
  for (const Scope scope : kConfiguredScopes) {
    for (const Line* line : book(scope).lines()) all.push_back(*line);
  }
  return all;
}

std::optional<std::string> Ledger::spender_under(const Line& line, Dimension dimension, const Subject& subject) const {
  std::optional<std::string> spender;
  const auto lock = readers_.shared();
  book(line.scope).each_applied(subject, [&](const Applied& one) {
    if (one.line->label == line.label && one.decides[static_cast<std::size_t>(dimension)]) spender = one.spender;
  });
  return spender;
}

}  // namespace gatehouse::limits
