#include "net/upstream_pool.h"

#include <algorithm>
#include <iterator>

namespace gatehouse::net {

namespace {

// So shortly after an answer a look at the socket finds nothing, and costs a system call on every
// busy connection. One that died all the same is replaced when it is found out.
constexpr std::chrono::milliseconds kTrusted{20};

}  // namespace

UpstreamPool::UpstreamPool(std::size_t idle_per_origin, std::chrono::milliseconds idle_timeout)
    : idle_per_origin_(idle_per_origin), idle_timeout_(idle_timeout), next_sweep_(Clock::now() + idle_timeout) {}

UpstreamPool::Idle UpstreamPool::pop(std::string_view origin, const core::Waiter* home) {
  const std::lock_guard lock(mutex_);
  const auto found = origins_.find(origin);
  if (found == origins_.end()) return {};
  Idles& idles = found->second;
  const auto youngest =
      std::find_if(idles.rbegin(), idles.rend(), [&](const Idle& idle) { return idle.connection->home() == home; });
  if (youngest == idles.rend()) return {};
  Idle taken = std::move(*youngest);
  idles.erase(std::next(youngest).base());
  return taken;
}

std::unique_ptr<UpstreamConnection> UpstreamPool::take(std::string_view origin, const core::Waiter* home) {
  while (true) {
    Idle idle = pop(origin, home);
    if (!idle.connection) return nullptr;
    const auto age = Clock::now() - idle.since;
    if (age < kTrusted || (age < idle_timeout_ && idle.connection->usable())) return std::move(idle.connection);
  }
}

void UpstreamPool::put(std::string_view origin, std::unique_ptr<UpstreamConnection> connection) {
  const auto now = Clock::now();
  Idles closing;  // destroyed after the lock is released
  const std::lock_guard lock(mutex_);
  if (now >= next_sweep_) collect_overdue(now, closing);
  auto found = origins_.find(origin);
  if (found == origins_.end()) found = origins_.emplace(origin, Idles()).first;
  Idles& idles = found->second;
  idles.push_back({std::move(connection), now});
  if (idles.size() <= idle_per_origin_) return;
  closing.push_back(std::move(idles.front()));
  idles.erase(idles.begin());
}

// Also reaches origins that nobody asks for any more.
void UpstreamPool::collect_overdue(Clock::time_point now, Idles& overdue) {
  next_sweep_ = now + idle_timeout_ / 2;
  for (auto entry = origins_.begin(); entry != origins_.end();) {
    Idles& idles = entry->second;
    const auto young =
        std::find_if(idles.begin(), idles.end(), [&](const Idle& idle) { return now - idle.since < idle_timeout_; });
    std::move(idles.begin(), young, std::back_inserter(overdue));
    idles.erase(idles.begin(), young);
    entry = idles.empty() ? origins_.erase(entry) : std::next(entry);
  }
}

std::size_t UpstreamPool::idle() const {
  const std::lock_guard lock(mutex_);
  std::size_t count = 0;
  for (const auto& [origin, idles] : origins_) count += idles.size();
  return count;
}

}  // namespace gatehouse::net
