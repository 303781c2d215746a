// What one spender has spent, in every dimension that may be limited. Lock-free, for any thread.
#pragma once

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdint>

#include "core/money/limit_rule.h"
#include "limits/accounts/bucket.h"
#include "limits/accounts/window.h"

namespace gatehouse::limits {

using core::Dimension;
using core::DimensionInfo;

// How many of the first `rows` dimensions are of a kind.
template <class Is>
constexpr std::size_t count_dimensions(Is is, std::size_t rows = core::kDimensionCount) {
  return static_cast<std::size_t>(std::count_if(core::kDimensions, core::kDimensions + rows, is));
}

constexpr bool is_bucket(const DimensionInfo& row) { return row.kind == core::LimitKind::bucket; }
constexpr bool is_window(const DimensionInfo& row) { return row.is_window(); }
constexpr bool is_slot(const DimensionInfo& row) { return row.kind == core::LimitKind::slot; }

static_assert(count_dimensions(is_slot) == 1, "Account::running counts one kind of slot");

class Account {
 public:
  // Where the account keeps a dimension; nullptr where it keeps it as something else.
  Bucket* bucket(const DimensionInfo& row) { return is_bucket(row) ? &buckets_[place(row)] : nullptr; }
  const Bucket* bucket(const DimensionInfo& row) const { return const_cast<Account*>(this)->bucket(row); }
  Window* window(const DimensionInfo& row) { return is_window(row) ? &windows_[place(row)] : nullptr; }
  const Window* window(const DimensionInfo& row) const { return const_cast<Account*>(this)->window(row); }

  std::atomic<std::int32_t> running{0};  // slots that are taken
  std::atomic<std::uint32_t> pins{0};    // reservations that point here
  std::atomic<bool> noted{false};        // is on the list of accounts to be written down

 private:
  // The place of each dimension among those of its kind.
  static constexpr auto kPlaces = [] {
    std::array<std::uint8_t, core::kDimensionCount> places{};
    for (std::size_t i = 0; i < places.size(); ++i) {
      const auto is = core::kDimensions[i].is_window() ? is_window : is_bucket;
      places[i] = static_cast<std::uint8_t>(count_dimensions(is, i));
    }
    return places;
  }();

  static std::size_t place(const DimensionInfo& row) { return kPlaces[static_cast<std::size_t>(row.dimension)]; }

  std::array<Bucket, count_dimensions(is_bucket)> buckets_;
  std::array<Window, count_dimensions(is_window)> windows_;
};

}  // namespace gatehouse::limits
