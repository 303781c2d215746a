// Somebody sets the clock of the machine, forth or back: no limit is forgiven, none stays shut.
#include <gtest/gtest.h>

#include <optional>
#include <vector>

#include "fake_clock.h"
#include "limits/ledger.h"

namespace gatehouse::limits {
namespace {

constexpr std::int64_t kHour = 3'600'000, kDay = 24 * kHour;  // milliseconds
constexpr Subject kWeb{"web", "", "m"};

class ClockJumpTest : public testing::Test {
 protected:
  void start(core::LimitRule rule) {
    rules_ = {rule};
    ledger_.emplace(rules_, clock_.clock());
  }
  // From a file that was written at the end; the clock may be set before the next start.
  void restart(std::int64_t jump = 0) {
    const std::vector<Balance> written = ledger_->balances();
    clock_.jump_ms(jump);
    ledger_.emplace(rules_, clock_.clock());
    ledger_->restore(written);
  }
  bool spend(std::uint64_t tokens, std::uint64_t left_over = 0) {
    auto reservation = ledger_->reserve(kWeb, {tokens, left_over});
    if (!reservation.ok()) return false;
    reservation->settle(tokens);
    return true;
  }
  std::int64_t today() const { return ledger_->quotas(kWeb)[Dimension::tokens_day].remaining; }

  FakeClock clock_;
  std::vector<core::LimitRule> rules_;
  std::optional<Ledger> ledger_;
};

const core::LimitRule kAMinute{.per = Scope::client, .tokens_per_minute = 60};
const core::LimitRule kADay{.per = Scope::client, .tokens_per_day = 100};

TEST_F(ClockJumpTest, WhatRefillsGoesByTimeThatPasses) {
  start(kAMinute);
  EXPECT_TRUE(spend(60));
  for (const std::int64_t jump : {kHour, -2 * kHour, kHour}) {
    clock_.jump_ms(jump);
    EXPECT_FALSE(spend(1)) << "nothing is forgiven";
    clock_.advance_ms(1'000);
    EXPECT_TRUE(spend(1)) << "nothing stays shut";
  }
}

TEST_F(ClockJumpTest, ADayIsTheSameWithinItself) {
  start(kADay);
  EXPECT_TRUE(spend(90));
  for (const std::int64_t jump : {kHour, -2 * kHour, kHour}) {
    clock_.jump_ms(jump);
    EXPECT_EQ(today(), 10);
  }
}

// The worst is that tomorrow begins early, once; what it gives is missing then.
TEST_F(ClockJumpTest, TomorrowBeginsOnce) {
  start(kADay);
  clock_.advance_ms(kDay - kHour / 2 - (kDay * 3 / 5));  // it is past two in the afternoon; make it past eleven
  clock_.jump_ms(kHour / 4);
  EXPECT_TRUE(spend(100));
  clock_.jump_ms(kDay / 4);
  EXPECT_EQ(today(), 100);
  EXPECT_TRUE(spend(40));
  for (int i = 0; i < 3; ++i) {
    clock_.jump_ms(-kDay / 4);
    EXPECT_EQ(today(), 60);
    clock_.jump_ms(kDay / 4);
    EXPECT_EQ(today(), 60);
  }
  clock_.jump_ms(-kDay / 4);
  EXPECT_TRUE(spend(5, 7));
  EXPECT_EQ(today(), 55) << "and what is left over comes back";
  clock_.advance_ms(kDay / 4);
  EXPECT_EQ(today(), 55) << "when it really comes";
  clock_.advance_ms(kDay);
  EXPECT_EQ(today(), 100);
}

TEST_F(ClockJumpTest, TomorrowIsKnownAcrossARestart) {
  start(kADay);
  clock_.jump_ms(kDay);
  EXPECT_TRUE(spend(40));
  restart(-kDay);
  EXPECT_EQ(today(), 60);
  clock_.advance_ms(kDay);
  EXPECT_EQ(today(), 60);
}

TEST_F(ClockJumpTest, AClockThatWasYearsAheadShutsNothingForYears) {
  for (const bool restarts : {false, true}) {
    start(kADay);
    clock_.jump_ms(400 * kDay);
    EXPECT_TRUE(spend(100));
    restarts ? restart(-400 * kDay) : clock_.jump_ms(-400 * kDay);
    EXPECT_FALSE(spend(1)) << "not forgiven";
    clock_.advance_ms(kDay);
    EXPECT_TRUE(spend(100)) << "but tomorrow is another day";
  }
}

TEST_F(ClockJumpTest, ARestartAcrossAJump) {
  start(kAMinute);
  EXPECT_TRUE(spend(60));
  restart(-kHour);
  EXPECT_FALSE(spend(1));
  clock_.advance_ms(60'000);
  EXPECT_TRUE(spend(60));
  restart(kHour);  // looks like an hour without the gateway: what a minute holds is there
  EXPECT_TRUE(spend(60));
  EXPECT_FALSE(spend(1));
}

}  // namespace
}  // namespace gatehouse::limits
