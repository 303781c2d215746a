#include "limits/tokens/ratios.h"

#include <algorithm>
#include <mutex>

namespace gatehouse::limits {
namespace {

constexpr std::uint64_t kLeastGuess = 20;      // below, the overhead of a message says more than its text
constexpr std::uint64_t kMostGuess = 1 << 30;  // products stay in range
constexpr std::uint64_t kFactor = 4;
constexpr std::uint64_t kMemory = 16;

}  // namespace

std::uint64_t Ratios::corrected(std::string_view model, std::uint64_t guess) const {
  if (guess > kMostGuess) return guess;
  const std::shared_lock lock(mutex_);
  const auto found = ratios_.find(model);
  return found == ratios_.end() ? guess : (guess * found->second.load(std::memory_order_relaxed) + kOne - 1) / kOne;
}

void Ratios::learn(std::string_view model, std::uint64_t guess, std::uint64_t reported) {
  if (guess < kLeastGuess || guess > kMostGuess) return;
  const std::uint64_t most = kFactor * kOne;
  const std::uint64_t seen = std::clamp(std::min(reported, kFactor * guess) * kOne / guess, kOne / kFactor, most);
  {
    const std::shared_lock lock(mutex_);
    if (const auto found = ratios_.find(model); found != ratios_.end()) return approach(found->second, seen);
  }
  const std::unique_lock lock(mutex_);
  approach(ratios_.try_emplace(std::string(model), kOne).first->second, seen);
}

// Two that learn at once may count as one.
void Ratios::approach(std::atomic<std::uint64_t>& ratio, std::uint64_t seen) {
  const std::uint64_t before = ratio.load(std::memory_order_relaxed);
  const std::uint64_t step = (std::max(before, seen) - std::min(before, seen) + kMemory - 1) / kMemory;
  ratio.store(seen > before ? before + step : before - step, std::memory_order_relaxed);
}

}  // namespace gatehouse::limits
