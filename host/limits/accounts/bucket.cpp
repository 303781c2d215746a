#include "limits/accounts/bucket.h"

#include <algorithm>

namespace gatehouse::limits {
namespace {

constexpr std::int64_t kMinute = 60'000'000'000;  // nanoseconds
__extension__ using Wide = __int128;

template <class Number>
std::int64_t floor_divide(Number dividend, std::int64_t divisor) {
  const Number quotient = dividend / divisor;
  return static_cast<std::int64_t>(dividend % divisor < 0 ? quotient - 1 : quotient);
}

}  // namespace

Rate::Rate(std::int64_t per_minute)
    : limit_(std::clamp<std::int64_t>(per_minute, 1, kMost)),
      emission_((kMinute + limit_ - 1) / limit_),
      minute_(limit_ * emission_) {}

// Where the limit divides a minute, a tick is a nanosecond.
std::int64_t Rate::ticks_at(std::int64_t now) const {
  return minute_ == kMinute ? now : floor_divide(Wide{now} * minute_, kMinute);
}

std::int64_t Rate::cost(std::int64_t amount) const {
  const std::int64_t most = kMostDebt / emission_;
  return std::clamp(amount, -most, most) * emission_;
}

std::int64_t Rate::amount(std::int64_t ticks) const { return floor_divide(ticks, emission_); }

std::int64_t Rate::nanoseconds(std::int64_t ticks) const {
  return minute_ == kMinute ? ticks : -floor_divide(Wide{-ticks} * kMinute, minute_);
}

bool Bucket::take(const Rate& rate, std::int64_t amount, std::int64_t now) {
  const std::int64_t at = rate.ticks_at(now);
  std::int64_t full_at = full_at_.load(std::memory_order_relaxed);
  std::int64_t next;
  do {
    next = std::max(full_at, at) + rate.cost(amount);
    if (next - at > rate.burst()) return false;
  } while (!full_at_.compare_exchange_weak(full_at, next, std::memory_order_relaxed));
  return true;
}

void Bucket::charge(const Rate& rate, std::int64_t amount, std::int64_t now) {
  const std::int64_t at = rate.ticks_at(now);
  std::int64_t full_at = full_at_.load(std::memory_order_relaxed);
  std::int64_t next;
  do {
    next = std::clamp(std::max(full_at, at) + rate.cost(amount), at, at + Rate::kMostDebt);
  } while (!full_at_.compare_exchange_weak(full_at, next, std::memory_order_relaxed));
}

std::int64_t Bucket::missing(const Rate& rate, std::int64_t now) const {
  const std::int64_t at = rate.ticks_at(now);
  return std::max(full_at_.load(std::memory_order_relaxed), at) - at;
}

std::int64_t Bucket::remaining(const Rate& rate, std::int64_t now) const {
  return rate.amount(rate.burst() - missing(rate, now));
}

std::int64_t Bucket::until_full(const Rate& rate, std::int64_t now) const {
  return rate.nanoseconds(missing(rate, now));
}

std::int64_t Bucket::until(const Rate& rate, std::int64_t amount, std::int64_t now) const {
  return rate.nanoseconds(std::max<std::int64_t>(missing(rate, now) + rate.cost(amount) - rate.burst(), 0));
}

}  // namespace gatehouse::limits
