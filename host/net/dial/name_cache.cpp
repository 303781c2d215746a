#include "net/dial/name_cache.h"

#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "core/wait.h"

namespace gatehouse::net {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t kMostNames = 1024;        // remembered
constexpr std::chrono::seconds kShortest = 5s;  // that a name is remembered, whatever DNS says
constexpr std::chrono::seconds kLongest = 60s;
constexpr std::chrono::seconds kFailure = 2s;  // that a failure is

}  // namespace

NameCache::Waiter::Waiter() : done_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)), error_(errno) {}
NameCache::Waiter::~Waiter() {
  if (done_ >= 0) ::close(done_);
}
void NameCache::Waiter::wake() const { ::eventfd_write(done_, 1); }

NameCache::FoundPtr NameCache::find(std::string_view host) {
  const auto now = core::coarse_now();
  const std::lock_guard lock(mutex_);
  const auto name = names_.find(host);
  return name != names_.end() && name->second.is_known(now) ? name->second.found : nullptr;
}

NameCache::Joined NameCache::join(const std::string& host, const WaiterPtr& waiter) {
  const auto now = core::coarse_now();
  const std::lock_guard lock(mutex_);
  auto name = names_.find(host);
  if (name != names_.end() && name->second.is_known(now)) return {name->second.found};
  const bool is_first = name == names_.end() || name->second.found != nullptr;
  if (is_first) {
    make_room(now);
    name = names_.insert_or_assign(host, Name{nullptr, Clock::time_point::max(), {}}).first;
    wanted_.push_back(host);
  }
  name->second.waiters.push_back(waiter);
  return {nullptr, is_first};
}

void NameCache::leave(const std::string& host, const WaiterPtr& waiter) {
  const std::lock_guard lock(mutex_);
  if (const auto name = names_.find(host); name != names_.end()) std::erase(name->second.waiters, waiter);
}

NameCache::FoundPtr NameCache::told(const Waiter& waiter) {
  const std::lock_guard lock(mutex_);
  return waiter.found_;
}

// Forgets what is no longer good, and the oldest where that is not enough. Names being looked up stay.
void NameCache::make_room(Clock::time_point now) {
  if (names_.size() < kMostNames) return;
  std::erase_if(names_, [&](const auto& entry) { return entry.second.found != nullptr && now >= entry.second.until; });
  if (names_.size() < kMostNames) return;
  const auto first = std::min_element(names_.begin(), names_.end(), [](const auto& a, const auto& b) {
    return a.second.until < b.second.until;
  });
  if (first->second.found != nullptr) names_.erase(first);
}

std::vector<std::string> NameCache::take_wanted() {
  const std::lock_guard lock(mutex_);
  return std::exchange(wanted_, {});
}

void NameCache::tell(const std::string& host, Found found) {
  const auto now = core::coarse_now();
  const bool good = !found.addresses.empty();
  const auto lasts = good ? std::clamp(found.lifetime, kShortest, kLongest) : kFailure;
  const auto shared = std::make_shared<const Found>(std::move(found));
  const std::lock_guard lock(mutex_);
  Name& name = names_[host];
  name.found = shared;
  name.until = shared->shortage != 0 ? now : now + lasts;
  for (const WaiterPtr& waiter : std::exchange(name.waiters, {})) {
    waiter->found_ = shared;
    waiter->wake();
  }
}

void NameCache::give_up() {
  const std::lock_guard lock(mutex_);
  wanted_.clear();
  std::erase_if(names_, [](const auto& entry) {
    for (const WaiterPtr& waiter : entry.second.waiters) waiter->wake();
    return entry.second.found == nullptr;
  });
}

}  // namespace gatehouse::net
