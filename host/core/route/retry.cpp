#include "core/route/retry.h"

#include <algorithm>

#include "core/route/route.h"

namespace gatehouse::core {

namespace {

// Half of the time is certain and half is dice, so that exchanges which failed together do not
// return together.
std::chrono::milliseconds spread(std::chrono::milliseconds time, std::uint64_t dice) {
  const auto half = time.count() / 2;
  return std::chrono::milliseconds(half + static_cast<std::int64_t>(dice % static_cast<std::uint64_t>(half + 1)));
}

bool is_passing(int upstream_status) {
  switch (upstream_status) {
    case 408:
    case 409:
    case 425:
    case 429: return true;
    default: return upstream_status < 300 || upstream_status >= 500;  // also none, and half an answer
  }
}

}  // namespace

Next next_after(const Status& failure, int upstream_status) {
  if (failure.failure().half_answered) return Next::stop;
  if (failure.failure().refusal != Refusal::none) return Next::marked;
  switch (failure.code()) {
    case Code::upstream_unreachable: return Next::again;
    case Code::upstream_failed:
      if (upstream_status >= 400 && failure.failure().retry_useless) return Next::elsewhere;
      return is_passing(upstream_status) ? Next::again : Next::elsewhere;
    case Code::rate_limited: return failure.failure().retry_useless ? Next::elsewhere : Next::again;
    // The target may still be at work on the request: asking again would only add to its load.
    case Code::upstream_timeout: return Next::elsewhere;
    // What one provider's wire cannot say, another's may; what a provider has refused is the caller's to mend.
    case Code::invalid_request: return upstream_status == 0 ? Next::elsewhere : Next::stop;
    case Code::config:
    case Code::internal: return Next::elsewhere;
    default: return Next::stop;
  }
}

bool asks_for_pause(const Status& status, int upstream_status) {
  const bool busy = upstream_status == 429 || upstream_status == 503 || upstream_status == 529;
  return !status.ok() && busy && status.failure().retry_after.count() > 0;
}

Status withheld(const std::string& provider) {
  Status status(Code::invalid_request, provider + ": the provider's content filter withheld the whole answer");
  status.failure().reason = name_of(Refusal::content_filter);
  status.failure().refusal = Refusal::content_filter;
  return status;
}

// A target that says why it does not take a request is well.
Breaker::Health health_after(const Status& status, int upstream_status) {
  if (!status.ok() && status.failure().refusal != Refusal::none)
    return upstream_status == 0 ? Breaker::Health::unknown : Breaker::Health::good;
  switch (status.code()) {
    case Code::ok: return Breaker::Health::good;
    case Code::upstream_failed:
    case Code::upstream_unreachable:
    case Code::upstream_timeout: return Breaker::Health::bad;
    case Code::invalid_request: return upstream_status == 0 ? Breaker::Health::unknown : Breaker::Health::good;
    default: return Breaker::Health::unknown;
  }
}

RetryPlan::RetryPlan(const Route& route, std::uint64_t dice) : rules_(route.retry), dice_(dice) {
  const Target& first = route.pick(dice);
  candidates_.reserve(route.targets.size());
  candidates_.push_back({&first});
  for (const Target& target : route.targets) {
    if (&target != &first) candidates_.push_back({&target});
  }
}

std::optional<RetryPlan::Step> RetryPlan::next(Clock::time_point now) {
  current_ = nullptr;
  for (Candidate& candidate : candidates_) {
    if (!is_left(candidate)) continue;
    if (current_ == nullptr || candidate.attempts < current_->attempts ||
        (candidate.attempts == current_->attempts && candidate.not_before < current_->not_before)) {
      current_ = &candidate;
    }
  }
  if (current_ == nullptr) return std::nullopt;
  ++current_->attempts;
  Step step{current_->target, current_->attempts, std::max(current_->not_before - now, Clock::duration::zero())};
  for (const Candidate& candidate : candidates_) {
    if (&candidate != current_ && is_left(candidate)) step.fallbacks.add(candidate.target->fallback_on);
  }
  return step;
}

void RetryPlan::refused(Refusal refusal) {
  for (Candidate& candidate : candidates_) candidate.out |= !candidate.target->fallback_on.has(refusal);
  current_->out = true;
}

void RetryPlan::failed(Next next, std::chrono::milliseconds retry_after, Clock::time_point now) {
  const std::uint32_t doublings = std::min(current_->attempts - 1, 16u);
  const auto backoff = std::min(rules_.backoff * (1u << doublings), rules_.max_wait);
  const auto wait = std::max(spread(backoff, dice_), retry_after);
  current_->out = next != Next::again || retry_after > rules_.max_wait;
  current_->not_before = now + wait;
}

}  // namespace gatehouse::core
