#include "core/lane.h"

#include <atomic>

namespace gatehouse::core {

std::size_t lane() {
  static std::atomic<std::size_t> next{0};
  thread_local const std::size_t mine = next.fetch_add(1, std::memory_order_relaxed) % kLanes;
  return mine;
}

}  // namespace gatehouse::core
