#include "limits/warnings/soft_limits.h"

#include <algorithm>

namespace gatehouse::limits {

namespace {

bool has_passed(const LimitWarning& one) {
  return one.balance.spent >= warned_from(one.balance.most, one.share);
}

// The shared accounts are asked for so many at a time: they are there for requests first.
void keep_fullest(std::vector<LimitWarning>& found) {
  if (found.size() <= SoftLimits::kMostAsked) return;
  const auto used = [](const LimitWarning& one) {
    return static_cast<double>(one.balance.spent) / static_cast<double>(one.balance.most);
  };
  const auto last = found.begin() + SoftLimits::kMostAsked;
  std::nth_element(found.begin(), last, found.end(), [&](const auto& a, const auto& b) { return used(a) > used(b); });
  found.erase(last, found.end());
}

}  // namespace

std::int64_t warned_from(std::int64_t most, std::int64_t thousandths) {
  return most / 1'000 * thousandths + (most % 1'000 * thousandths + 999) / 1'000;
}

// A key's own limits are warned of as the configuration says of those that every key has.
void SoftLimits::set_rules(std::span<const core::LimitRule> rules) {
  any_ = false;
  soft_.clear();
  for (const core::LimitRule& rule : rules) {
    if (rule.warn == 0) continue;
    any_ = true;
    for (const DimensionInfo& row : core::kDimensions) {
      const std::int64_t most = rule.*row.limit;
      if (most == 0 || is_slot(row)) continue;
      const std::string label = label_of_line(rule.per, rule.tag, rule.match);
      soft_[{rule.per, label, row.dimension}] = {rule.warn, most, rule.calendar};
      if (rule.per == Scope::key && label.empty()) soft_[{Scope::own, label, row.dimension}].share = rule.warn;
    }
  }
}

SoftLimits::Soft SoftLimits::soft(const Balance& balance) const {
  const auto found = soft_.find(std::tuple(balance.scope, label_of(balance.name), balance.dimension));
  return found == soft_.end() ? Soft() : found->second;
}

// Those that a warning may come of, with the limit of all gateways in place of this one's part.
std::vector<LimitWarning> SoftLimits::watched(std::span<const Balance> balances, const Moment& now) const {
  std::vector<LimitWarning> found;
  for (const Balance& balance : balances) {
    const Soft limit = soft(balance);
    if (limit.share == 0) continue;
    const DimensionInfo& row = core::info(balance.dimension);
    const core::Period period =
        now.period(is_window(row) ? row.span : core::Span::hour, limit.calendar->offset(now.unix_ns / 1'000'000'000));
    if (is_window(row) && balance.period != period.number) continue;
    LimitWarning one{balance, limit.share, period.number, is_window(row) ? period.ends : 0};
    if (limit.most != 0) one.balance.most = limit.most;
    one.balance.whole = one.balance.most;
    one.balance.calendar = limit.calendar;
    if (!was_told(one)) found.push_back(std::move(one));
  }
  return found;
}

std::vector<LimitWarning> SoftLimits::passed(std::span<const Balance> changed, const Ledger& ledger) {
  if (!any_) return {};
  std::vector<LimitWarning> found = watched(changed, ledger.now());
  if (ledger.shared() != nullptr && !found.empty()) {
    // What a key's own limit is to all gateways is not known here.
    std::erase_if(found, [](const LimitWarning& one) { return one.balance.scope == Scope::own; });
    keep_fullest(found);
    std::vector<Balance> asked;
    for (const LimitWarning& one : found) asked.push_back(one.balance);
    const std::vector<Balance> together = ledger.together(asked);
    for (std::size_t i = 0; i < together.size(); ++i) found[i].balance.spent = together[i].spent;
  }
  std::erase_if(found, [&](const LimitWarning& one) { return !has_passed(one) || !remember(one); });
  return found;
}

void SoftLimits::restore(std::span<const Balance> balances, const Moment& now) {
  if (!any_) return;
  for (const LimitWarning& one : watched(balances, now))
    if (has_passed(one)) (void)remember(one);
}

bool SoftLimits::was_told(const LimitWarning& warning) const {
  const Balance& balance = warning.balance;
  const auto before = told_.find(Account{balance.scope, balance.name, balance.dimension});
  return before != told_.end() && before->second >= warning.period;
}

// False: there is no room, even without those whose period is over.
bool SoftLimits::remember(const LimitWarning& warning) {
  const Balance& balance = warning.balance;
  const auto is_over = [&](const auto& one) {
    return one.first != Account{balance.scope, balance.name, balance.dimension} &&
           std::get<Dimension>(one.first) == balance.dimension && one.second < warning.period;
  };
  if (told_.size() >= kMostTold) std::erase_if(told_, is_over);
  if (told_.size() >= kMostTold) return false;
  told_.insert_or_assign({balance.scope, balance.name, balance.dimension}, warning.period);
  return true;
}

}  // namespace gatehouse::limits
