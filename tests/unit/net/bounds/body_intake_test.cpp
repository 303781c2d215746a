#include "net/bounds/body_intake.h"

#include <gtest/gtest.h>

namespace gatehouse::net {
namespace {

using namespace std::chrono_literals;
using core::Code;

constexpr std::uint64_t kMiB = 1u << 20;

class BodyIntakeTest : public testing::Test {
 protected:
  BodyBudget budget{8 * kMiB};
  const BodyIntake::Clock::time_point start = BodyIntake::Clock::now();
  BodyIntake intake{budget, 1000, 30s, start};  // 30,000 bytes each 30 s
};

TEST_F(BodyIntakeTest, SilenceEndsItWhateverCameBefore) {
  ASSERT_TRUE(intake.received(5 * kMiB, start + 1s).ok());
  EXPECT_EQ(intake.deadline(), start + 31s);
  EXPECT_EQ(intake.too_late(start + 31s).code(), Code::request_timeout);
}

TEST_F(BodyIntakeTest, ADripUnderTheRateEndsAlthoughItNeverStops) {
  for (int second = 1; second < 30; ++second)
    ASSERT_TRUE(intake.received(static_cast<std::uint64_t>(second), start + std::chrono::seconds(second)).ok());
  EXPECT_EQ(intake.deadline(), start + 30s);
}

TEST_F(BodyIntakeTest, WhoKeepsComingHasTime) {
  for (int minute = 1; minute < 30; ++minute) {
    const auto now = start + std::chrono::seconds(25 * minute);
    ASSERT_LE(now, intake.deadline());
    ASSERT_TRUE(intake.received(static_cast<std::uint64_t>(30'000 * minute), now).ok());
  }
}

TEST_F(BodyIntakeTest, WhatItHoldsIsGivenBackWithIt) {
  {
    BodyIntake other(budget, 1000, 30s, start);
    ASSERT_TRUE(other.received(kMiB, start).ok());
    ASSERT_TRUE(other.received(3 * kMiB, start).ok());
    EXPECT_EQ(budget.used(), 3 * kMiB);
  }
  EXPECT_EQ(budget.used(), 0u);
}

TEST_F(BodyIntakeTest, IsToldWhereThereIsNoRoom) {
  ASSERT_TRUE(budget.take(0, 7 * kMiB));
  const core::Status refused = intake.received(BodyBudget::kSmall + 1, start);
  EXPECT_EQ(refused.http_status(), 503);
  EXPECT_GT(refused.failure().retry_after, 0s);
  EXPECT_TRUE(intake.received(BodyBudget::kSmall, start).ok());
}

TEST_F(BodyIntakeTest, HasToHurryWhereLittleIsLeftUnlessItIsSmall) {
  ASSERT_TRUE(budget.take(0, 6 * kMiB));
  ASSERT_TRUE(intake.received(BodyBudget::kSmall, start).ok());
  EXPECT_EQ(intake.deadline(), start + 30s);
  ASSERT_TRUE(intake.received(kMiB, start).ok());
  EXPECT_EQ(intake.deadline(), start + BodyIntake::kScarceSilence);
  EXPECT_EQ(intake.too_late(start + 2s).http_status(), 503);
}

}  // namespace
}  // namespace gatehouse::net
