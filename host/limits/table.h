// What every spender of one limit has spent: a map from their names, split into shards so that
// requests rarely meet at a lock, and bounded. A cell that is pinned stays where it is; one that is not
// pinned and idle may be forgotten to make room. Thread-safe.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <mutex>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <unordered_map>

#include "limits/bucket.h"

namespace gatehouse::limits {

struct Cell {
  Bucket bucket;                         // of a limit per minute
  std::atomic<std::int64_t> running{0};  // of a limit on how many at once
  std::atomic<std::uint32_t> pins{0};    // reservations that point here
};

class Table {
 public:
  explicit Table(std::size_t max_cells) : max_cells_per_shard_(max_cells / kShards + 1) {}

  // The spender's cell, pinned, made if need be; nullptr when there is no room. `idle` says of a
  // cell whether forgetting it would change nothing.
  template <class Idle>
  Cell* pin(std::string_view name, const Idle& idle) {
    Shard& shard = shard_of(name);
    {
      std::shared_lock lock(shard.mutex);
      if (auto found = shard.cells.find(name); found != shard.cells.end()) return pinned(found->second);
    }
    std::unique_lock lock(shard.mutex);
    if (auto found = shard.cells.find(name); found != shard.cells.end()) return pinned(found->second);
    if (shard.cells.size() >= max_cells_per_shard_) {
      std::erase_if(shard.cells, [&](const auto& entry) {
        return entry.second.pins.load(std::memory_order_acquire) == 0 && idle(entry.second);
      });
      if (shard.cells.size() >= max_cells_per_shard_) return nullptr;
    }
    return pinned(shard.cells.try_emplace(std::string(name)).first->second);
  }
  static void unpin(Cell& cell) { cell.pins.fetch_sub(1, std::memory_order_release); }

  // Calls visit(cell) for the spender's cell, if there is one.
  template <class Visit>
  void peek(std::string_view name, const Visit& visit) const {
    const Shard& shard = shard_of(name);
    std::shared_lock lock(shard.mutex);
    if (auto found = shard.cells.find(name); found != shard.cells.end()) visit(found->second);
  }

  // Calls visit(name, cell) for every cell, one shard locked at a time.
  template <class Visit>
  void for_each(const Visit& visit) const {
    for (const Shard& shard : shards_) {
      std::shared_lock lock(shard.mutex);
      for (const auto& [name, cell] : shard.cells) visit(name, cell);
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
    std::unordered_map<std::string, Cell, Hash, std::equal_to<>> cells;
  };

  static Cell* pinned(Cell& cell) {
    cell.pins.fetch_add(1, std::memory_order_relaxed);
    return &cell;
  }
  // The map inside uses the hash's low bits.
  static std::size_t shard_index(std::string_view name) { return (Hash()(name) >> 48) % kShards; }
  Shard& shard_of(std::string_view name) { return shards_[shard_index(name)]; }
  const Shard& shard_of(std::string_view name) const { return shards_[shard_index(name)]; }

  std::size_t max_cells_per_shard_;
  std::array<Shard, kShards> shards_;
};

}  // namespace gatehouse::limits
