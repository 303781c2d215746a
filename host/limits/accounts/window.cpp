#include "limits/accounts/window.h"

#include <algorithm>

namespace gatehouse::limits {

// Numbers are modulo 4096: eleven years of days. An untouched window counts as any earlier period.
std::int32_t Window::age(std::uint64_t word, std::int32_t period) {
  if (amount(word) == 0) return 1;
  const std::uint32_t behind =
      (static_cast<std::uint32_t>(period) - static_cast<std::uint32_t>(word >> kAmountBits)) & 4095;
  return behind < 2048 ? static_cast<std::int32_t>(behind) : static_cast<std::int32_t>(behind) - 4096;
}

bool Window::take(std::int64_t most, std::int64_t amount_taken, std::int32_t period) {
  std::uint64_t word = word_.load(std::memory_order_relaxed);
  std::uint64_t next;
  bool fits;
  do {
    const std::int32_t behind = age(word, period);
    const std::int64_t before = behind > 0 ? 0 : amount(word);
    fits = before + amount_taken <= std::min(most, kMost);
    // The clock was ahead by more than a period, and wrong: its spending moves to now, so that it ends one day.
    if (!fits && behind >= -1) return false;
    next = pack(behind == -1 ? period + 1 : period, fits ? before + amount_taken : before);
  } while (!word_.compare_exchange_weak(word, next, std::memory_order_relaxed));
  return fits;
}

void Window::charge(std::int64_t charged, std::int32_t period) {
  std::uint64_t word = word_.load(std::memory_order_relaxed);
  std::uint64_t next;
  do {
    const std::int32_t behind = age(word, period);
    if (behind < 0) return;
    const std::int64_t before = behind > 0 ? 0 : amount(word);
    next = pack(period, std::clamp<std::int64_t>(before + charged, 0, kMost));
  } while (!word_.compare_exchange_weak(word, next, std::memory_order_relaxed));
}

std::int64_t Window::spent(std::int32_t period) const {
  const std::uint64_t word = word_.load(std::memory_order_relaxed);
  return age(word, period) > 0 ? 0 : amount(word);
}

void Window::forget_before(std::int32_t period) {
  std::uint64_t word = word_.load(std::memory_order_relaxed);
  while (amount(word) != 0 && age(word, period) > 0 &&
         !word_.compare_exchange_weak(word, 0, std::memory_order_relaxed)) {
  }
}

std::int32_t Window::period(std::int32_t current) const {
  return age(word_.load(std::memory_order_relaxed), current) == -1 ? current + 1 : current;
}

}  // namespace gatehouse::limits
