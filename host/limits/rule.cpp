#include "limits/rule.h"

#include <algorithm>
#include <chrono>

namespace gatehouse::limits {
namespace {

using core::LimitPer;
using std::chrono::ceil;
using std::chrono::milliseconds;
using std::chrono::nanoseconds;

constexpr std::int64_t kSlotWait = 1'000'000'000;  // nobody knows when a slot becomes free; ask again in a second

// "client_id dev-local-1"
std::string spender(LimitPer per, const Subject& subject) {
  const auto named = [](const char* kind, std::string_view name, const char* nameless) {
    return name.empty() ? std::string(nameless) : kind + std::string(name);
  };
  switch (per) {
    case LimitPer::client: return named("client_id ", subject.client, "callers without a client_id");
    case LimitPer::key: return named("key ", subject.key, "callers without a key");
    case LimitPer::model: return named("model ", subject.model, "requests without a model");
    case LimitPer::global: return "all callers together";
  }
  return "";
}

struct Wording {
  const char* exceeded;
  const char* reason;
};

Wording wording(Dimension dimension) {
  switch (dimension) {
    case Dimension::concurrent: return {"Too many requests at once for ", "concurrent"};
    case Dimension::requests: return {"Request rate exceeded for ", "requests"};
    case Dimension::tokens: return {"Token rate exceeded for ", "tokens"};
  }
  return {"", ""};
}

}  // namespace

std::string_view Rule::name_of(const Subject& subject) const {
  switch (per_) {
    case LimitPer::client: return subject.client;
    case LimitPer::key: return subject.key;
    case LimitPer::model: return subject.model;
    case LimitPer::global: return {};
  }
  return {};
}

std::int64_t Rule::amount(const Cost& cost) const {
  if (dimension_ != Dimension::tokens) return 1;
  const std::uint64_t most = static_cast<std::uint64_t>(most_);
  if (cost.input_tokens >= most || cost.output_tokens >= most - cost.input_tokens) return most_;
  return static_cast<std::int64_t>(cost.input_tokens + cost.output_tokens);
}

Cell* Rule::pin(const Subject& subject, std::int64_t now) const {
  return table_->pin(name_of(subject), [&](const Cell& cell) {
    if (dimension_ == Dimension::concurrent) return cell.running.load(std::memory_order_relaxed) == 0;
    return cell.bucket.until_full(rate_, now) == 0;
  });
}

bool Rule::take(Cell& cell, std::int64_t amount, std::int64_t now) const {
  if (dimension_ != Dimension::concurrent) return cell.bucket.take(rate_, amount, now);
  std::int64_t running = cell.running.load(std::memory_order_relaxed);
  do {
    if (running + amount > most_) return false;
  } while (!cell.running.compare_exchange_weak(running, running + amount, std::memory_order_relaxed));
  return true;
}

void Rule::charge(Cell& cell, std::int64_t amount, std::int64_t now) const {
  if (dimension_ == Dimension::concurrent) {
    cell.running.fetch_add(amount, std::memory_order_relaxed);
  } else {
    cell.bucket.charge(rate_, amount, now);
  }
}

std::int64_t Rule::wait(const Cell& cell, std::int64_t amount, std::int64_t now) const {
  if (dimension_ != Dimension::concurrent) return cell.bucket.until(rate_, amount, now);
  return cell.running.load(std::memory_order_relaxed) + amount > most_ ? kSlotWait : 0;
}

core::Quota Rule::quota(const Cell* cell, std::int64_t now) const {
  core::Quota quota{most_, most_, nanoseconds(0)};
  if (cell != nullptr) {
    quota.remaining = std::max<std::int64_t>(cell->bucket.remaining(rate_, now), 0);
    quota.reset = nanoseconds(cell->bucket.until_full(rate_, now));
  }
  return quota;
}

core::Status Rule::refused(const Subject& subject, std::int64_t wait) const {
  const Wording words = wording(dimension_);
  core::Failure failure;
  failure.code = core::Code::rate_limited;
  failure.message = words.exceeded + spender(per_, subject);
  failure.reason = words.reason;
  failure.retry_after = std::max(ceil<milliseconds>(nanoseconds(wait)), milliseconds(1));
  return core::Status(std::move(failure));
}

core::Status Rule::refused_too_large(const Subject& subject, std::uint64_t requested) const {
  core::Failure failure;
  failure.code = core::Code::rate_limited;
  failure.message = "Request too large for " + spender(per_, subject) + " on tokens per minute: Limit " +
                    std::to_string(most_) + ", Requested " + std::to_string(requested);
  failure.reason = wording(Dimension::tokens).reason;
  failure.retry_useless = true;
  return core::Status(std::move(failure));
}

}  // namespace gatehouse::limits
