// The accounts of one scope's spenders: a bounded map from names, split into shards so that requests rarely meet at a
// lock. A pinned account stays where it is. An account that is idle and not pinned may be forgotten to make room.
// Thread-safe.
#pragma once

#include <array>
#include <mutex>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "limits/accounts/account.h"

namespace gatehouse::limits {

class Table {
 public:
  using Entry = std::pair<const std::string, Account>;

  explicit Table(std::size_t max_accounts) : max_per_shard_(max_accounts / kShards + 1) {}

  // The spender's account, pinned; made if there is none. nullptr: there is no room. idle(account): whether forgetting
  // the account would change nothing.
  template <class Idle>
  Entry* pin(std::string_view name, const Idle& idle) {
    Shard& shard = shard_of(name);
    {
      std::shared_lock lock(shard.mutex);
      if (auto found = shard.accounts.find(name); found != shard.accounts.end()) return pinned(*found);
    }
    std::unique_lock lock(shard.mutex);
    if (auto found = shard.accounts.find(name); found != shard.accounts.end()) return pinned(*found);
    if (shard.accounts.size() >= max_per_shard_) {
      forget(shard, idle);
      if (shard.accounts.size() >= max_per_shard_) return nullptr;
    }
    return pinned(*shard.accounts.try_emplace(std::string(name)).first);
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

  // Forgets every account that is idle and not pinned, one shard locked at a time.
  template <class Idle>
  void forget(const Idle& idle) {
    for (Shard& shard : shards_) {
      const std::unique_lock lock(shard.mutex);
      forget(shard, idle);
    }
  }

  // Calls visit(account) for the spender's account, if there is one.
  template <class Visit>
  void peek(std::string_view name, const Visit& visit) const {
    const Shard& shard = shard_of(name);
    std::shared_lock lock(shard.mutex);
    if (auto found = shard.accounts.find(name); found != shard.accounts.end()) visit(found->second);
  }

  // Calls visit(entry) for every account, one shard locked at a time.
  template <class Visit>
  void for_each(const Visit& visit) {
    for (Shard& shard : shards_) {
      std::unique_lock lock(shard.mutex);
      for (Entry& entry : shard.accounts) visit(entry);
    }
  }

 private:
  static constexpr std::size_t kShards = 64;

  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view name) const { return std::hash<std::string_view>()(name); }
  };
  struct Shard {
    mutable std::shared_mutex mutex;
    std::unordered_map<std::string, Account, Hash, std::equal_to<>> accounts;
  };

  template <class Idle>
  static void forget(Shard& shard, const Idle& idle) {
    std::erase_if(shard.accounts, [&](const Entry& entry) {
      return entry.second.pins.load(std::memory_order_acquire) == 0 && idle(entry.second);
    });
  }

  // The map inside uses the hash's low bits.
  static std::size_t shard_index(std::string_view name) { return (Hash()(name) >> 48) % kShards; }
  Shard& shard_of(std::string_view name) { return shards_[shard_index(name)]; }
  const Shard& shard_of(std::string_view name) const { return shards_[shard_index(name)]; }

  std::size_t max_per_shard_;
  std::array<Shard, kShards> shards_;
};

}  // namespace gatehouse::limits
