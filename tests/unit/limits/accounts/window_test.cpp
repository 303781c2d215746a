#include "limits/accounts/window.h"

#include <gtest/gtest.h>

#include <atomic>
#include <barrier>
#include <thread>
#include <vector>

namespace gatehouse::limits {
namespace {

TEST(Window, TakesUntilItIsUsedUpAndBeginsAnew) {
  Window window;
  EXPECT_TRUE(window.take(100, 60, 20'000));
  EXPECT_FALSE(window.take(100, 41, 20'000));
  EXPECT_TRUE(window.take(100, 40, 20'000));
  EXPECT_EQ(window.spent(20'000), 100);
  EXPECT_EQ(window.spent(20'001), 0);
  EXPECT_TRUE(window.take(100, 100, 20'001));
  EXPECT_EQ(window.spent(20'001), 100);
}

TEST(Window, SettlesUpAndDown) {
  Window window;
  EXPECT_TRUE(window.take(100, 60, 7));
  window.charge(-50, 7);
  EXPECT_EQ(window.spent(7), 10);
  window.charge(500, 7);
  EXPECT_EQ(window.spent(7), 510) << "an overrun is recorded";
  EXPECT_FALSE(window.take(100, 1, 7));
  window.charge(-1000, 7);
  EXPECT_EQ(window.spent(7), 0);
}

TEST(Window, WhatIsForgottenDoesNotComeAgainWithItsNumber) {
  Window window;
  EXPECT_TRUE(window.take(100, 60, 7));
  window.forget_before(7);
  EXPECT_EQ(window.spent(7), 60);
  window.forget_before(8);
  EXPECT_EQ(window.spent(7 + 2100), 0);
  EXPECT_EQ(window.spent(7 + 4096), 0);
}

TEST(Window, WhatIsGivenBackLateGoesToNobody) {
  Window window;
  EXPECT_TRUE(window.take(100, 60, 7));
  EXPECT_TRUE(window.take(100, 10, 8));
  window.charge(-50, 7);
  EXPECT_EQ(window.spent(8), 10);
}

TEST(Window, AClockSetBackBringsNothingBack) {
  Window window;
  EXPECT_TRUE(window.take(100, 100, 8));
  EXPECT_FALSE(window.take(100, 1, 7));
  EXPECT_EQ(window.spent(7), 100);
  EXPECT_FALSE(window.take(100, 1, 8));
}

TEST(Window, NumbersGoRound) {
  Window window;
  for (std::int32_t day = 4090; day < 4100; ++day) {
    EXPECT_TRUE(window.take(1, 1, day)) << day;
    EXPECT_FALSE(window.take(1, 1, day)) << day;
  }
}

TEST(Window, NeverMoreThanTheLimitFromManyThreads) {
  Window window;
  std::atomic<int> taken{0};
  std::barrier<> half_way(8);  // no thread is more than a period ahead of another
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 8; ++i) {
      threads.emplace_back([&] {
        for (std::int32_t n = 0; n < 4000; ++n) {
          if (n % 1000 == 500) half_way.arrive_and_wait();
          taken += window.take(1000, 3, n / 1000) ? 3 : 0;
        }
      });
    }
  }
  EXPECT_LE(taken, 4000);
  EXPECT_LE(window.spent(3), 1000);
}

}  // namespace
}  // namespace gatehouse::limits
