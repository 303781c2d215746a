#include "net/upstream/upstream_pool.h"

#include <algorithm>
#include <iterator>

namespace gatehouse::net {

UpstreamPool::UpstreamPool(std::size_t idle_per_origin, std::chrono::milliseconds idle_timeout)
    : idle_per_origin_(idle_per_origin), idle_timeout_(idle_timeout), next_sweep_(core::coarse_now() + idle_timeout) {}

UpstreamPool::Idle UpstreamPool::pop(std::string_view origin, const core::Waiter* home) {
  const std::lock_guard lock(mutex_);
  Origins& origins = homes_[home];
  const auto found = origins.find(origin);
  if (found == origins.end() || found->second.empty()) return {};
  Idle youngest = std::move(found->second.back());
  found->second.pop_back();
  return youngest;
}

std::unique_ptr<UpstreamConnection> UpstreamPool::take(std::string_view origin, const core::Waiter* home) {
  while (true) {
    Idle idle = pop(origin, home);
    if (!idle.connection) return nullptr;
    if (core::coarse_now() - idle.since >= idle_timeout_) continue;
    const IdleState state = idle.connection->idle();
    if (state == IdleState::quiet) return std::move(idle.connection);
    if (state == IdleState::stray) tell_of_stray(origin);
  }
}

void UpstreamPool::tell_of_stray(std::string_view origin) {
  stray_.say("dropped a connection to " + std::string(origin) + ": bytes came on it that nobody had asked for");
}

void UpstreamPool::put(std::string_view origin, std::unique_ptr<UpstreamConnection> connection) {
  const auto now = core::coarse_now();
  Idles closing;  // destroyed after the lock is released
  const std::lock_guard lock(mutex_);
  if (now >= next_sweep_) collect_overdue(now, closing);
  Origins& origins = homes_[connection->home()];
  auto found = origins.find(origin);
  if (found == origins.end()) found = origins.emplace(origin, Idles()).first;
  Idles& idles = found->second;
  idles.push_back({std::move(connection), now});
  if (idles.size() <= idle_per_origin_) return;
  closing.push_back(std::move(idles.front()));
  idles.erase(idles.begin());
}

// Also closes connections to origins that are no longer asked for.
void UpstreamPool::collect_overdue(Clock::time_point now, Idles& overdue) {
  next_sweep_ = now + idle_timeout_ / 2;
  for (auto& [home, origins] : homes_) {
    for (auto entry = origins.begin(); entry != origins.end();) {
      Idles& idles = entry->second;
      const auto young =
          std::find_if(idles.begin(), idles.end(), [&](const Idle& idle) { return now - idle.since < idle_timeout_; });
      std::move(idles.begin(), young, std::back_inserter(overdue));
      idles.erase(idles.begin(), young);
      entry = idles.empty() ? origins.erase(entry) : std::next(entry);
    }
  }
}

std::size_t UpstreamPool::idle() const {
  const std::lock_guard lock(mutex_);
  std::size_t count = 0;
  for (const auto& [home, origins] : homes_)
    for (const auto& [origin, idles] : origins) count += idles.size();
  return count;
}

}  // namespace gatehouse::net
