#include "net/bounds/connection_set.h"

#include <sys/socket.h>

#include <algorithm>
#include <span>
#include <utility>
#include <vector>

namespace gatehouse::net {
namespace {

constexpr std::size_t kShedShare = 16;   // so that looking through all of them is rare
constexpr std::size_t kLingerShare = 8;  // of the most there may be, and as much again for those that are closing
constexpr std::size_t kFewestLinger = 2;
constexpr std::chrono::milliseconds kLookAgain{10};  // after all were busy

}  // namespace

void ConnectionSet::limit(std::size_t most, std::size_t most_per_address) {
  const std::lock_guard lock(mutex_);
  most_ = most;
  most_per_address_ = most_per_address;
}

bool ConnectionSet::add(Guest& guest) {
  const std::lock_guard lock(mutex_);
  if (is_crowded(guest.address_) && !shed(&guest.address_)) return false;
  if (guests_.size() >= most_ && !shed(nullptr)) return false;
  guests_.emplace(guest.fd_, &guest);
  if (!guest.address_.empty()) ++by_address_[guest.address_];
  guest.place_ = Guest::Place::inside;
  return true;
}

bool ConnectionSet::linger(Guest& guest) {
  const std::lock_guard lock(mutex_);
  if (guest.place_ == Guest::Place::inside) take_out(guest);
  const std::size_t room = std::max(most_ / kLingerShare, kFewestLinger);
  if (lingering_.size() >= room) {
    if (leaving_ >= room) return false;
    end_first_linger();
  }
  lingering_.push_back(&guest);
  guest.place_ = Guest::Place::lingering;
  return true;
}

// Its client has had more time than any other to read the answer.
void ConnectionSet::end_first_linger() {
  Guest& first = *lingering_.front();
  lingering_.erase(lingering_.begin());
  first.place_ = Guest::Place::leaving;
  ++leaving_;
  ::shutdown(first.fd_, SHUT_RDWR);  // its loop hears of that, and closes it
}

void ConnectionSet::remove(Guest& guest) {
  const std::lock_guard lock(mutex_);
  if (guest.place_ == Guest::Place::inside) take_out(guest);
  if (guest.place_ == Guest::Place::lingering) std::erase(lingering_, &guest);
  if (guest.place_ == Guest::Place::leaving) --leaving_;
  guest.place_ = Guest::Place::outside;
}

bool ConnectionSet::shed() {
  const std::lock_guard lock(mutex_);
  return shed(nullptr);
}

// address: of whose connections; nullptr: of all.
bool ConnectionSet::shed(const std::string* address) {
  Guest::Clock::time_point& again = address == nullptr ? look_again_ : look_again_at_address_;
  const auto now = Guest::Clock::now();
  if (now < again) return false;
  std::vector<std::pair<std::int64_t, Guest*>> idle;
  for (const auto& [fd, guest] : guests_) {
    const std::int64_t since = guest->idle_since_;
    if (since >= 0 && (address == nullptr || guest->address_ == *address)) idle.emplace_back(since, guest);
  }
  const std::size_t count = std::min(idle.size(), idle.size() / kShedShare + 1);
  std::partial_sort(idle.begin(), idle.begin() + static_cast<std::ptrdiff_t>(count), idle.end());
  bool any = false;
  for (auto [since, guest] : std::span(idle).first(count)) {
    if (!guest->idle_since_.compare_exchange_strong(since, Guest::kLeaving)) continue;  // a request has just come
    ::shutdown(guest->fd_, SHUT_RDWR);  // its loop hears of that, and closes it
    take_out(*guest);
    ++sheds_;
    any = true;
  }
  if (!any) again = now + kLookAgain;
  return any;
}

bool ConnectionSet::is_crowded(const std::string& address) const {
  if (most_per_address_ == 0 || address.empty()) return false;
  const auto found = by_address_.find(address);
  return found != by_address_.end() && found->second >= most_per_address_;
}

void ConnectionSet::take_out(Guest& guest) {
  guests_.erase(guest.fd_);
  guest.place_ = Guest::Place::outside;
  const auto found = by_address_.find(guest.address_);
  if (found != by_address_.end() && --found->second == 0) by_address_.erase(found);
  if (guests_.empty()) emptied_.notify_all();
}

std::size_t ConnectionSet::size() const {
  const std::lock_guard lock(mutex_);
  return guests_.size();
}

bool ConnectionSet::wait_empty(std::chrono::steady_clock::time_point deadline) {
  std::unique_lock lock(mutex_);
  return emptied_.wait_until(lock, deadline, [this] { return guests_.empty(); });
}

void ConnectionSet::shut_down_all() {
  const std::lock_guard lock(mutex_);
  for (const auto& [fd, guest] : guests_) ::shutdown(fd, SHUT_RDWR);
}

}  // namespace gatehouse::net
