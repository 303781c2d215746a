// The accounts of one scope's spenders: a bounded map from names, split into shards so that requests rarely meet at a
// lock and nobody holds one for long. A pinned account stays where it is. When the table is full, each new name looks
// at some of the accounts, and forgets those that are idle and not pinned. Thread-safe.
#pragma once

#include <array>
#include <atomic>
#include <mutex>
#include <optional>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "limits/accounts/account.h"

namespace gatehouse::limits {

class Table {
 private:
  struct Hash {  // the map inside uses its low bits, the parts others
    using is_transparent = void;
    std::size_t operator()(std::string_view name) const { return std::hash<std::string_view>()(name); }
  };

 public:
  using Entry = std::pair<const std::string, Account>;

  static constexpr std::size_t kLooks = 64;  // accounts that a new name looks at when the table is full

  explicit Table(std::size_t max_accounts) : max_(max_accounts) {}

  // The spender's account, pinned; made if there is none. nullptr: there is no room, nor among the next kLooks
  // accounts. idle(entry): whether forgetting the account would change nothing. Threads that add accounts at the same
  // time may exceed the bound by one each.
  template <class Idle>
  Entry* pin(std::string_view name, const Idle& idle) {
    Shard& shard = shard_of(name);
    {
      std::shared_lock lock(shard.mutex);
      if (auto found = shard.accounts.find(name); found != shard.accounts.end()) return pinned(*found);
    }
    if (is_full()) make_room(idle);
    std::unique_lock lock(shard.mutex);
    if (is_full()) {
      const auto found = shard.accounts.find(name);
      return found != shard.accounts.end() ? pinned(*found) : nullptr;
    }
    const auto [entry, made] = shard.accounts.try_emplace(std::string(name));
    if (made) count_.fetch_add(1, std::memory_order_relaxed);
    return pinned(*entry);
  }
  static Entry* pinned(Entry& entry) {
    entry.second.pins.fetch_add(1, std::memory_order_relaxed);
    return &entry;
  }
  static void unpin(Entry& entry) { entry.second.pins.fetch_sub(1, std::memory_order_release); }

  // Unpins at the end of a scope.
  class Pin {
   public:
    explicit Pin(Entry& entry) : entry_(entry) {}
    Pin(const Pin&) = delete;
    Pin& operator=(const Pin&) = delete;
    ~Pin() { unpin(entry_); }

   private:
    Entry& entry_;
  };

  // Whoever goes through all accounts does so part by part, and holds a lock for some hundred microseconds.
  static constexpr std::size_t kParts = 1024;
  static std::size_t part_of(std::string_view name) { return (Hash()(name) >> 48) % kParts; }

  // Forgets every account of a part that is idle and not pinned.
  template <class Idle>
  void forget(std::size_t part, const Idle& idle) {
    Shard& shard = shards_[part];
    const std::unique_lock lock(shard.mutex);
    count_.fetch_sub(std::erase_if(shard.accounts, [&](const Entry& entry) { return forgettable(entry, idle); }),
                     std::memory_order_relaxed);
  }

  // Calls visit(entry) for the spender's account, if there is one.
  template <class Visit>
  void peek(std::string_view name, const Visit& visit) const {
    const Shard& shard = shard_of(name);
    std::shared_lock lock(shard.mutex);
    if (auto found = shard.accounts.find(name); found != shard.accounts.end()) visit(*found);
  }

  // Calls visit(entry) for every account of a part.
  template <class Visit>
  void for_each(std::size_t part, const Visit& visit) {
    Shard& shard = shards_[part];
    std::shared_lock lock(shard.mutex);
    for (Entry& entry : shard.accounts) visit(entry);
  }
  template <class Visit>
  void for_each(const Visit& visit) {
    for (std::size_t part = 0; part < kParts; ++part) for_each(part, visit);
  }

 private:
  struct Shard {
    mutable std::shared_mutex mutex;
    std::unordered_map<std::string, Account, Hash, std::equal_to<>> accounts;
    std::optional<std::string> next;  // where the next look for room begins; nothing: at the beginning
  };

  template <class Idle>
  static bool forgettable(const Entry& entry, const Idle& idle) {
    return entry.second.pins.load(std::memory_order_acquire) == 0 && idle(entry);
  }

  bool is_full() const { return count_.load(std::memory_order_relaxed) >= max_; }

  // Looks at kLooks accounts, or at all where there are fewer, from where the last look ended.
  template <class Idle>
  void make_room(const Idle& idle) {
    std::size_t looks = kLooks;
    for (std::size_t i = 0; i <= kParts && looks > 0; ++i) {
      Shard& shard = shards_[hand_.load(std::memory_order_relaxed) % kParts];
      const std::unique_lock lock(shard.mutex);
      if (look_through(shard, looks, idle)) hand_.fetch_add(1, std::memory_order_relaxed);
    }
  }
  // True: to the end of the shard.
  template <class Idle>
  bool look_through(Shard& shard, std::size_t& looks, const Idle& idle) {
    auto& accounts = shard.accounts;
    auto at = shard.next ? accounts.find(*shard.next) : accounts.begin();
    if (at == accounts.end()) at = accounts.begin();
    for (; at != accounts.end() && looks > 0; --looks) {
      if (forgettable(*at, idle)) {
        at = accounts.erase(at);
        count_.fetch_sub(1, std::memory_order_relaxed);
      } else {
        ++at;
      }
    }
    shard.next = at == accounts.end() ? std::nullopt : std::optional(at->first);
    return !shard.next;
  }

  Shard& shard_of(std::string_view name) { return shards_[part_of(name)]; }
  const Shard& shard_of(std::string_view name) const { return shards_[part_of(name)]; }

  const std::size_t max_;
  std::atomic<std::size_t> count_{0};
  std::atomic<std::size_t> hand_{0};  // the shard in which the next look for room begins
  std::array<Shard, kParts> shards_;
};

}  // namespace gatehouse::limits
