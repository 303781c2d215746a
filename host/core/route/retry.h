// Decides what follows a failed attempt, and which target is asked when. A failure leads to the next target at
// once. When every target has failed, the exchange waits for the soonest of them and begins again. Values, and
// one exchange's own plan; no locks.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/route/breaker.h"
#include "core/route/refusals.h"
#include "core/status.h"

namespace gatehouse::core {

struct Route;
struct Target;

struct RetryRules {
  std::uint32_t attempts = 2;                 // at each target
  std::chrono::milliseconds backoff{250};     // before a target's second attempt; doubles with each
  std::chrono::milliseconds max_wait{5'000};  // a target that asks for more is not asked again
};

enum class Next : std::uint8_t {
  stop,       // no target could do better, or nobody waits any more
  marked,     // ask a target that is marked for the refusal, and nobody else
  elsewhere,  // ask another target, this one no more
  again,      // ask another target, or this one a little later
};

// upstream_status: 0 where the provider did not answer. REQUIRES: !failure.ok(), and the provider has
// said nothing of a reply: a request that produced output is never repeated.
Next next_after(const Status& failure, int upstream_status);

// Whether the provider wants to be left alone for the failure's retry_after.
bool asks_for_pause(const Status& status, int upstream_status);

// The failure of an attempt whose answer came, and was empty since the provider's filter let nothing of it pass.
Status withheld(const std::string& provider);

// What the end of an attempt shows of its target.
Breaker::Health health_after(const Status& status, int upstream_status);

class RetryPlan {
 public:
  using Clock = std::chrono::steady_clock;
  struct Step {
    const Target* target;
    std::uint32_t number;    // of the attempt at this target, from 1
    Clock::duration wait{};  // before it
    Refusals fallbacks = {};  // of this target that another one may still be asked after
  };

  // `dice` is uniformly random. REQUIRES: route outlives the plan.
  RetryPlan(const Route& route, std::uint64_t dice);

  // nullopt: there is nothing left to try.
  std::optional<Step> next(Clock::time_point now);
  // The last step ended in this: from now on only those are asked that are marked for it. REQUIRES: it is not none.
  void refused(Refusal refusal);
  // How the last step ended. REQUIRES: next is neither Next::stop nor Next::marked.
  void failed(Next next, std::chrono::milliseconds retry_after, Clock::time_point now);

 private:
  struct Candidate {
    const Target* target;
    std::uint32_t attempts = 0;
    bool out = false;
    Clock::time_point not_before{};
  };

  bool is_left(const Candidate& candidate) const { return !candidate.out && candidate.attempts < rules_.attempts; }

  const RetryRules& rules_;
  std::uint64_t dice_;
  std::vector<Candidate> candidates_;  // in the order of their first attempts
  Candidate* current_ = nullptr;
};

}  // namespace gatehouse::core
