#include "limits/late_spending.h"

#include <algorithm>

#include "limits/accounts/rule.h"

namespace gatehouse::limits {
namespace {

// What is left of it at that time.
std::int64_t left_of(const Balance& balance, std::int64_t unix_ns) {
  const Rule rule(balance.dimension, balance.most);
  if (!is_bucket(rule.info())) return balance.spent;
  const std::int64_t elapsed = std::max<std::int64_t>(unix_ns - balance.unix_ns, 0);
  return std::max<std::int64_t>(balance.spent - rule.rate().amount(rule.rate().ticks_at(elapsed)), 0);
}

}  // namespace

LateSpending::LateSpending(std::span<const Balance> told) {
  for (const Balance& balance : told) told_.insert_or_assign(name_of(balance), balance);
}

void LateSpending::note(std::span<const Balance> changed, std::span<const Balance> slots) {
  for (auto& [name, balance] : latest_) {
    if (is_slot(core::info(balance.dimension))) balance.spent = 0;  // unless it is still among them
  }
  for (const auto& balances : {changed, slots}) {
    for (const Balance& balance : balances) latest_.insert_or_assign(name_of(balance), balance);
  }
}

std::vector<Balance> LateSpending::differences() const {
  std::vector<Balance> differences;
  for (const auto& [name, balance] : latest_) {
    const auto before = told_.find(name);
    const std::int64_t known = before == told_.end() ? 0 : left_of(before->second, balance.unix_ns);
    if (balance.spent == known) continue;
    differences.push_back(balance);
    differences.back().spent -= known;
  }
  return differences;
}

void LateSpending::told() {
  for (const auto& [name, balance] : latest_) told_.insert_or_assign(name, balance);
}

std::vector<Balance> LateSpending::changed() const {
  std::vector<Balance> changed;
  for (const auto& [name, balance] : latest_) {
    if (!is_slot(core::info(balance.dimension))) changed.push_back(balance);
  }
  return changed;
}

}  // namespace gatehouse::limits
