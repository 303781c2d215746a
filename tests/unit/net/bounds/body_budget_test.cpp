#include "net/bounds/body_budget.h"

#include <gtest/gtest.h>

namespace gatehouse::net {
namespace {

constexpr std::uint64_t kMiB = 1u << 20;

TEST(BodyBudget, LargeBodiesLeaveAnEighthForSmallOnes) {
  BodyBudget budget(8 * kMiB);
  EXPECT_TRUE(budget.take(0, 7 * kMiB));
  EXPECT_FALSE(budget.take(kMiB, 1));
  EXPECT_EQ(budget.used(), 7 * kMiB);
  for (int i = 0; i < 16; ++i) EXPECT_TRUE(budget.take(0, BodyBudget::kSmall)) << i;
  EXPECT_FALSE(budget.take(0, 1));
  EXPECT_EQ(budget.used(), 8 * kMiB);
}

TEST(BodyBudget, WhatIsGivenBackIsThereForOthers) {
  BodyBudget budget(8 * kMiB);
  EXPECT_TRUE(budget.take(0, 7 * kMiB));
  budget.give_back(2 * kMiB);
  EXPECT_TRUE(budget.has_room_for(2 * kMiB));
  EXPECT_FALSE(budget.has_room_for(2 * kMiB + 1));
  EXPECT_TRUE(budget.take(0, 2 * kMiB));
  EXPECT_FALSE(budget.has_room_for(kMiB));
  EXPECT_TRUE(budget.has_room_for(BodyBudget::kSmall));
}

TEST(BodyBudget, IsScarceBeforeItIsUsedUp) {
  BodyBudget budget(8 * kMiB);
  EXPECT_TRUE(budget.take(0, 5 * kMiB));
  EXPECT_FALSE(budget.scarce());
  EXPECT_TRUE(budget.take(0, kMiB));
  EXPECT_TRUE(budget.scarce());
}

}  // namespace
}  // namespace gatehouse::net
