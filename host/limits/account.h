// What one spender has spent, in every dimension that may be limited. Lock-free, for any thread.
#pragma once

#include <atomic>
#include <cstdint>

#include "limits/bucket.h"
#include "limits/window.h"

namespace gatehouse::limits {

struct Account {
  Bucket requests;
  Bucket tokens;
  Window tokens_today;
  Window dollars_today;  // in nano-dollars, here and below
  Window dollars_this_month;
  std::atomic<std::int32_t> running{0};
  std::atomic<std::uint32_t> pins{0};  // reservations that point here
  std::atomic<bool> noted{false};      // is on the list of accounts to be written down
};

}  // namespace gatehouse::limits
