#include "store/redis/confirmed_spending.h"

#include <algorithm>

#include "store/redis/redis_script.h"

namespace gatehouse::store {
namespace {

using limits::SharedItem;

constexpr std::int64_t kMicrosecondsADay = 86'400'000'000;

bool refills(limits::Dimension dimension) { return !core::info(dimension).is_window(); }

// What is left of the level at that time.
std::int64_t left(const ConfirmedSpending::Told& told, std::int64_t server_us) {
  const std::int64_t elapsed = std::max<std::int64_t>(server_us - told.at, 0);
  if (elapsed > kMostTicks / told.most) return 0;
  return std::max<std::int64_t>(told.level - elapsed * told.most, 0);
}

}  // namespace

std::string account_name(limits::Scope scope, limits::Dimension dimension, const std::string& name) {
  return std::string(core::info(scope).name) + ":" + std::string(core::info(dimension).name) + ":" + name;
}

void ConfirmedSpending::add(const SharedItem& item, std::int64_t server_us) {
  if (item.amount == 0) return;
  std::string name = account_name(item.scope, item.dimension, item.name);
  const std::lock_guard lock(mutex_);
  if (accounts_.size() >= kMostAccounts && !accounts_.contains(name)) return;
  Account& account = accounts_[name];
  Told& told = account.told;
  if (told.most == 0) told = {item.scope, item.dimension, item.name, item.most, 0, 0, item.calendar};
  told.most = item.most;
  told.calendar = item.calendar;
  account.seen_us = std::max(account.seen_us, server_us);
  if (refills(item.dimension)) {
    constexpr std::int64_t most_units = kMostTicks / kTicksPerUnit;
    Told added = told;
    added.level = std::clamp(item.amount, -most_units, most_units) * kTicksPerUnit;
    added.at = server_us;
    // Answers overtake each other: what is late has drained as if alone, so that ours is never above the server's.
    const std::int64_t now = std::max(told.at, server_us);
    const std::int64_t more = added.level > 0 ? left(added, now) : added.level;
    told.level = std::clamp<std::int64_t>(left(told, now) + more, 0, kMostTicks);
    told.at = now;
  } else {
    if (item.period < told.at) return;  // closed
    if (item.period > told.at) told.level = 0;
    told.level = std::clamp(told.level + std::clamp(item.amount, -kMostTicks, kMostTicks), -kMostTicks, kMostTicks);
    told.at = item.period;
  }
  if (item.amount > 0 && !std::exchange(account.changed, true)) changed_.push_back(std::move(name));
}

std::vector<ConfirmedSpending::Told> ConfirmedSpending::changed() {
  std::vector<Told> told;
  const std::lock_guard lock(mutex_);
  for (const std::string& name : changed_) {
    const auto found = accounts_.find(name);
    if (found == accounts_.end()) continue;
    found->second.changed = false;
    told.push_back(found->second.told);
  }
  changed_.clear();
  return told;
}

std::vector<ConfirmedSpending::Told> ConfirmedSpending::all() {
  std::vector<Told> told;
  const std::lock_guard lock(mutex_);
  for (auto& [name, account] : accounts_) {
    account.changed = false;
    told.push_back(account.told);
  }
  changed_.clear();
  return told;
}

void ConfirmedSpending::forget(std::int64_t server_us) {
  const std::lock_guard lock(mutex_);
  std::erase_if(accounts_, [&](const auto& entry) {
    const Account& account = entry.second;
    if (refills(account.told.dimension)) return left(account.told, server_us) == 0;
    const std::int64_t days = kKeptDays[static_cast<std::size_t>(core::info(account.told.dimension).span)];
    return days != 0 && server_us - account.seen_us > days * kMicrosecondsADay;
  });
}

}  // namespace gatehouse::store
