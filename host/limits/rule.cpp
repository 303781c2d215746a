#include "limits/rule.h"

#include <algorithm>
#include <chrono>

#include "core/money/money.h"

namespace gatehouse::limits {
namespace {

using std::chrono::ceil;
using std::chrono::milliseconds;
using std::chrono::nanoseconds;

constexpr std::int64_t kSlotWait = 1'000'000'000;  // nobody knows when a slot becomes free; ask again in a second

struct Wording {
  const char* exceeded;
  const char* reason;
  const char* unit;  // for a request that is too large
};

constexpr Wording kWordings[kDimensions] = {
    {"Too many requests at once for ", "concurrent", ""},
    {"Request rate exceeded for ", "requests", ""},
    {"Token rate exceeded for ", "tokens", "tokens per minute"},
    {"Today's tokens (UTC) are used up for ", "insufficient_quota", "tokens per day"},
    {"Today's budget (UTC) is used up for ", "insufficient_quota", "US dollars per day"},
    {"This month's budget (UTC) is used up for ", "insufficient_quota", "US dollars per month"}};

const Wording& wording(Dimension dimension) { return kWordings[static_cast<std::size_t>(dimension)]; }

bool is_money(Dimension dimension) {
  return dimension == Dimension::dollars_day || dimension == Dimension::dollars_month;
}

const Bucket* bucket_of(const Account& account, Dimension dimension) {
  return limits::bucket_of(const_cast<Account&>(account), dimension);
}
const Window* window_of(const Account& account, Dimension dimension) {
  return limits::window_of(const_cast<Account&>(account), dimension);
}

}  // namespace

Moment real_time() {
  const auto steady = std::chrono::steady_clock::now().time_since_epoch();
  const auto unix_time = std::chrono::system_clock::now().time_since_epoch();
  return {std::chrono::duration_cast<nanoseconds>(steady).count(),
          std::chrono::duration_cast<nanoseconds>(unix_time).count()};
}

std::string_view text(Scope scope) {
  constexpr std::string_view kTexts[kScopes] = {"client", "key", "model", "global", "own"};
  return kTexts[static_cast<std::size_t>(scope)];
}

std::string_view text(Dimension dimension) {
  constexpr std::string_view kTexts[kDimensions] = {"concurrent",     "requests_per_minute", "tokens_per_minute",
                                                    "tokens_per_day", "dollars_per_day",     "dollars_per_month"};
  return kTexts[static_cast<std::size_t>(dimension)];
}

std::string_view name_of(Scope scope, const Subject& subject) {
  switch (scope) {
    case Scope::client: return subject.client;
    case Scope::key:
    case Scope::own: return subject.key;
    case Scope::model: return subject.model;
    case Scope::global: return {};
  }
  return {};
}

std::string described(Scope scope, const Subject& subject) {
  const std::string_view name = name_of(scope, subject);
  const auto named = [&](const char* kind, const char* nameless) {
    return name.empty() ? std::string(nameless) : kind + std::string(name);
  };
  switch (scope) {
    case Scope::client: return named("client_id ", "callers without a client_id");
    case Scope::key:
    case Scope::own: return named("key ", "callers without a key");
    case Scope::model: return named("model ", "requests without a model");
    case Scope::global: return "all callers together";
  }
  return "";
}

Bucket* bucket_of(Account& account, Dimension dimension) {
  switch (dimension) {
    case Dimension::requests: return &account.requests;
    case Dimension::tokens: return &account.tokens;
    default: return nullptr;
  }
}

Window* window_of(Account& account, Dimension dimension) {
  switch (dimension) {
    case Dimension::tokens_day: return &account.tokens_today;
    case Dimension::dollars_day: return &account.dollars_today;
    case Dimension::dollars_month: return &account.dollars_this_month;
    default: return nullptr;
  }
}

std::int32_t period_of(Dimension dimension, const Moment& now) {
  return dimension == Dimension::dollars_month ? now.month() : now.day();
}

std::int64_t Rule::amount(const Cost& cost) const {
  if (dimension_ == Dimension::concurrent || dimension_ == Dimension::requests) return 1;
  if (is_money(dimension_)) return std::min(cost.dollars, most_);
  const std::uint64_t most = static_cast<std::uint64_t>(most_);
  if (cost.input_tokens >= most || cost.output_tokens >= most - cost.input_tokens) return most_;
  return static_cast<std::int64_t>(cost.input_tokens + cost.output_tokens);
}

bool Rule::can_ever_hold(const Cost& cost) const {
  if (dimension_ == Dimension::concurrent || dimension_ == Dimension::requests) return true;
  if (is_money(dimension_)) return cost.input_dollars <= most_;
  return cost.input_tokens <= static_cast<std::uint64_t>(most_);
}

bool Rule::take(Account& account, std::int64_t amount, const Moment& now) const {
  if (Bucket* bucket = bucket_of(account, dimension_)) return bucket->take(rate_, amount, now.steady);
  if (Window* window = window_of(account, dimension_)) return window->take(most_, amount, period_of(dimension_, now));
  std::int32_t running = account.running.load(std::memory_order_relaxed);
  do {
    if (running >= most_) return false;
  } while (!account.running.compare_exchange_weak(running, running + 1, std::memory_order_relaxed));
  return true;
}

void Rule::charge(Account& account, std::int64_t amount, const Moment& now) const {
  if (Bucket* bucket = bucket_of(account, dimension_)) bucket->charge(rate_, amount, now.steady);
  if (Window* window = window_of(account, dimension_)) window->charge(amount, period(account, now));
}

std::int32_t Rule::period(const Account& account, const Moment& now) const {
  const Window* window = window_of(account, dimension_);
  return window != nullptr ? window->period(period_of(dimension_, now)) : 0;
}

std::int64_t Rule::wait(const Account& account, std::int64_t amount, const Moment& now) const {
  if (const Bucket* bucket = bucket_of(account, dimension_)) return bucket->until(rate_, amount, now.steady);
  return kSlotWait;
}

std::int64_t Rule::spent(const Account& account, const Moment& now) const {
  if (const Bucket* bucket = bucket_of(account, dimension_)) return most_ - bucket->remaining(rate_, now.steady);
  if (const Window* window = window_of(account, dimension_)) return window->spent(period_of(dimension_, now));
  return account.running.load(std::memory_order_relaxed);
}

core::Quota Rule::quota(const Account& account, const Moment& now) const {
  constexpr std::int64_t kDay = 86'400'000'000'000;
  core::Quota quota{most_, std::max<std::int64_t>(most_ - spent(account, now), 0), nanoseconds(0)};
  if (const Bucket* bucket = bucket_of(account, dimension_)) {
    quota.reset = nanoseconds(bucket->until_full(rate_, now.steady));
  } else if (dimension_ != Dimension::concurrent) {
    quota.reset = nanoseconds(kDay - now.unix_ns % kDay);  // of a month at least so long
  }
  return quota;
}

core::Status Rule::refused(const std::string& spender, std::int64_t wait) const {
  const Wording& words = wording(dimension_);
  core::Failure failure;
  failure.code = core::Code::rate_limited;
  failure.message = words.exceeded + spender;
  failure.reason = words.reason;
  // No client waits for a window to begin anew.
  if (dimension_ >= Dimension::tokens_day) {
    failure.retry_useless = true;
  } else {
    failure.spread = true;
    failure.retry_after = std::max(ceil<milliseconds>(nanoseconds(wait)), milliseconds(1));
  }
  return core::Status(std::move(failure));
}

core::Status Rule::refused_too_large(const std::string& spender, const Cost& cost) const {
  const auto shown = [&](std::int64_t amount) {
    return is_money(dimension_) ? core::dollars(amount) : std::to_string(amount);
  };
  const std::string requested =
      is_money(dimension_) ? core::dollars(cost.input_dollars) : std::to_string(cost.input_tokens);
  core::Failure failure;
  failure.code = core::Code::rate_limited;
  failure.message = "Request too large for " + spender + " on " + wording(dimension_).unit + ": Limit " + shown(most_) +
                    ", Requested " + requested;
  failure.reason = is_money(dimension_) ? "insufficient_quota" : "tokens";
  failure.retry_useless = true;
  return core::Status(std::move(failure));
}

}  // namespace gatehouse::limits
