#include "limits/accounts/rule.h"

#include <algorithm>
#include <chrono>
#include <limits>

#include "core/money/money.h"

namespace gatehouse::limits {
namespace {

using std::chrono::ceil;
using std::chrono::milliseconds;
using std::chrono::nanoseconds;

using core::LimitKind;
using core::LimitUnit;

constexpr std::int64_t kSlotWait = 1'000'000'000;  // when a slot comes free is unknown: a second

}  // namespace

Moment real_time() {
  const auto steady = std::chrono::steady_clock::now().time_since_epoch();
  const auto unix_time = std::chrono::system_clock::now().time_since_epoch();
  return {std::chrono::duration_cast<nanoseconds>(steady).count(),
          std::chrono::duration_cast<nanoseconds>(unix_time).count()};
}

std::int64_t as_amount(std::uint64_t tokens) {
  constexpr auto most = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max() / 2);
  return static_cast<std::int64_t>(std::min(tokens, most));
}

std::string amount_text(const DimensionInfo& row, std::int64_t amount) {
  return row.is_money() ? core::dollars(amount) : std::to_string(amount);
}

std::int32_t earliest_period(const DimensionInfo& row, const Moment& now) {
  constexpr std::int64_t kFurthestWest = std::int64_t{-12} * 3600;
  return now.period(row.span, kFurthestWest).number;
}

core::Period Rule::present(const Moment& now) const { return now.period(row_->span, offset(now)); }

std::int64_t Rule::amount(const Cost& cost) const {
  if (info().unit == LimitUnit::requests) return 1;
  const std::int64_t whole = info().is_money() ? cost.dollars : as_amount(cost.tokens());
  return info().is_window() ? whole : std::min(whole, most_);
}

bool Rule::can_ever_hold(const Cost& cost) const {
  if (info().unit == LimitUnit::requests) return true;
  if (info().is_window()) return amount(cost) <= most_;
  return cost.input_tokens <= static_cast<std::uint64_t>(most_);
}

bool Rule::take(Account& account, std::int64_t amount, const Moment& now) const {
  if (Bucket* bucket = account.bucket(*row_)) return bucket->take(rate_, amount, now.steady);
  if (Window* window = account.window(*row_)) return window->take(most_, amount, present(now).number);
  std::int32_t running = account.running.load(std::memory_order_relaxed);
  do {
    if (running >= most_) return false;
  } while (!account.running.compare_exchange_weak(running, running + 1, std::memory_order_relaxed));
  return true;
}

void Rule::charge(Account& account, std::int64_t amount, const Moment& now) const {
  if (Bucket* bucket = account.bucket(*row_)) bucket->charge(rate_, amount, now.steady);
  if (Window* window = account.window(*row_)) window->charge(amount, period(account, now));
}

std::int32_t Rule::period(const Account& account, const Moment& now) const {
  const Window* window = account.window(*row_);
  return window != nullptr ? window->period(present(now).number) : 0;
}

std::int64_t Rule::wait(const Account& account, std::int64_t amount, const Moment& now) const {
  if (const Bucket* bucket = account.bucket(*row_)) return bucket->until(rate_, amount, now.steady);
  return kSlotWait;
}

std::int64_t Rule::spent(const Account& account, const Moment& now) const {
  if (const Bucket* bucket = account.bucket(*row_)) return most_ - bucket->remaining(rate_, now.steady);
  if (const Window* window = account.window(*row_)) return window->spent(present(now).number);
  return account.running.load(std::memory_order_relaxed);
}

// A year at most: who waits for the end of the total, or longer, is told so.
nanoseconds Rule::until_end(const Moment& now) const {
  constexpr std::int64_t kYear = std::int64_t{366} * 86'400;
  const std::int64_t now_s = now.unix_ns / 1'000'000'000;
  return std::chrono::seconds(std::min(present(now).ends - now_s, kYear)) -
         nanoseconds(now.unix_ns % 1'000'000'000);
}

core::Quota Rule::quota(const Account& account, const Moment& now) const {
  core::Quota quota{most_, std::max<std::int64_t>(most_ - spent(account, now), 0), nanoseconds(0)};
  if (const Bucket* bucket = account.bucket(*row_)) {
    quota.reset = nanoseconds(bucket->until_full(rate_, now.steady));
  } else if (info().is_window()) {
    quota.reset = until_end(now);
  }
  return quota;
}

core::Status Rule::refused(const std::string& spender, std::int64_t wait) const {
  core::Failure failure;
  failure.code = core::Code::rate_limited;
  failure.message = std::string(info().exceeded) + spender;
  if (const auto zone = failure.message.find(core::kUtc); zone != std::string::npos && zone < info().exceeded.size())
    failure.message.replace(zone + 1, core::kUtc.size() - 2, calendar().zone());
  failure.reason = info().reason;
  // No client waits for a window to begin anew.
  if (info().is_window()) {
    failure.retry_useless = true;
  } else {
    failure.spread = true;
    failure.retry_after = std::max(ceil<milliseconds>(nanoseconds(wait)), milliseconds(1));
  }
  return core::Status(std::move(failure));
}

core::Status Rule::refused_too_large(const std::string& spender, const Cost& cost) const {
  const std::int64_t requested = info().is_window() ? amount(cost) : as_amount(cost.input_tokens);
  core::Failure failure;
  failure.code = core::Code::rate_limited;
  failure.message = "Request too large for " + spender + " on " + std::string(info().words) + ": Limit " +
                    amount_text(info(), most_) + ", Requested " + amount_text(info(), requested);
  failure.reason = info().is_money() ? "insufficient_quota" : "tokens";
  failure.retry_useless = true;
  return core::Status(std::move(failure));
}

}  // namespace gatehouse::limits
