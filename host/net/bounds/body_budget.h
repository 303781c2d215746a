// One bound over all bodies that are being read, of both listeners together, in bytes that have arrived: a length that
// is only claimed holds nothing. An eighth of it is for small bodies, so that large ones cannot shut them out.
// Thread-safe.
#pragma once

#include <atomic>
#include <cstdint>

namespace gatehouse::net {

class BodyBudget {
 public:
  static constexpr std::uint64_t kSmall = 64u << 10;  // up to here a body may use all of the bound

  explicit BodyBudget(std::uint64_t limit) : limit_(limit), large_limit_(limit - limit / 8) {}

  // A body that holds `held` bytes takes `more`. False: there is no room, and nothing was taken.
  bool take(std::uint64_t held, std::uint64_t more) {
    const std::uint64_t limit = held + more <= kSmall ? limit_ : large_limit_;
    if (used_.fetch_add(more) + more <= limit) return true;
    used_ -= more;
    return false;
  }
  void give_back(std::uint64_t bytes) { used_ -= bytes; }

  // Whether a body of this size would find room now.
  bool has_room_for(std::uint64_t size) const { return size <= kSmall || used_.load() + size <= large_limit_; }
  // Little is left: who is slow has to make room for others.
  bool scarce() const { return used_.load() >= large_limit_ - large_limit_ / 4; }
  std::uint64_t used() const { return used_.load(); }

 private:
  const std::uint64_t limit_;
  const std::uint64_t large_limit_;  // for bodies that are not small
  std::atomic<std::uint64_t> used_{0};
};

}  // namespace gatehouse::net
