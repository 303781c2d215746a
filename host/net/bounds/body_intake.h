// One body that is being read: what it holds of the bound over all bodies, and whether it comes fast enough. Silence
// ends it, and so does a drip under the lowest rate: only recent bytes count. One thread at a time.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>

#include "core/status.h"
#include "net/bounds/body_budget.h"

namespace gatehouse::net {

class BodyIntake {
 public:
  using Clock = std::chrono::steady_clock;
  // While the budget is scarce, what may else take the whole silence has to come within this time.
  static constexpr std::chrono::milliseconds kScarceSilence{1'000};

  // rate: bytes a second; silence * rate bytes must come within each `silence`. REQUIRES: the budget outlives it.
  BodyIntake(BodyBudget& budget, std::size_t rate, std::chrono::milliseconds silence, Clock::time_point now)
      : budget_(budget),
        silence_(silence),
        portion_(rate * static_cast<std::uint64_t>(silence.count()) / 1000),
        since_(now) {}
  ~BodyIntake() { budget_.give_back(held_); }
  BodyIntake(const BodyIntake&) = delete;
  BodyIntake& operator=(const BodyIntake&) = delete;

  // This much has been received altogether. overloaded: there is no room for it.
  core::Status received(std::uint64_t bytes, Clock::time_point now);

  // When the next portion has to be there.
  Clock::time_point deadline() const { return since_ + (must_hurry() ? std::min(kScarceSilence, silence_) : silence_); }
  // Why a body that missed its deadline is refused.
  core::Status too_late(Clock::time_point now) const;

 private:
  bool must_hurry() const { return held_ > BodyBudget::kSmall && budget_.scarce(); }

  BodyBudget& budget_;
  const std::chrono::milliseconds silence_;
  const std::uint64_t portion_;
  std::uint64_t held_ = 0;
  std::uint64_t portion_begins_ = 0;
  Clock::time_point since_;  // when the portion began
};

// What is said where the bound over all bodies leaves no room.
core::Status no_room_for_body();

}  // namespace gatehouse::net
