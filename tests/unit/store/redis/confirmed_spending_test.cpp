#include "store/redis/confirmed_spending.h"

#include <gtest/gtest.h>

#include "store/redis/redis_script.h"

namespace gatehouse::store {
namespace {

using limits::Dimension;
using limits::Scope;
using limits::SharedItem;

constexpr std::int64_t kNow = 1'700'000'000'000'000;  // us
constexpr std::int64_t kSecond = 1'000'000;

SharedItem today(std::int64_t amount, std::int32_t period = 100) {
  return {Scope::client, "web", Dimension::tokens_day, 1000, amount, period};
}
SharedItem this_minute(std::int64_t amount) { return {Scope::client, "web", Dimension::requests, 60, amount}; }

TEST(ConfirmedSpending, AWindowAddsUpAndBeginsAnewWithItsPeriod) {
  ConfirmedSpending spending;
  spending.add(today(30), kNow);
  spending.add(today(-10), kNow);
  ASSERT_EQ(spending.all().size(), 1u);
  EXPECT_EQ(spending.all()[0].level, 20);
  spending.add(today(7, 101), kNow);
  spending.add(today(50, 100), kNow);  // closed
  EXPECT_EQ(spending.all()[0].level, 7);
  EXPECT_EQ(spending.all()[0].at, 101);
  spending.add(today(-90, 101), kNow);
  EXPECT_EQ(spending.all()[0].level, -83);
}

TEST(ConfirmedSpending, WhatRefillsDrains) {
  ConfirmedSpending spending;
  spending.add(this_minute(10), kNow);
  spending.add(this_minute(1), kNow + 4 * kSecond);  // four have come back
  EXPECT_EQ(spending.all()[0].level, 7 * kTicksPerUnit);
  EXPECT_EQ(spending.all()[0].at, kNow + 4 * kSecond);
  spending.add(this_minute(1), kNow + 3 * kSecond);  // an answer that was overtaken, and has drained since
  EXPECT_EQ(spending.all()[0].level, 7 * kTicksPerUnit);
  EXPECT_EQ(spending.all()[0].at, kNow + 4 * kSecond);
}

TEST(ConfirmedSpending, OnlyWhatHasGrownIsToldAgain) {
  ConfirmedSpending spending;
  spending.add(today(30), kNow);
  spending.add(this_minute(1), kNow);
  EXPECT_EQ(spending.changed().size(), 2u);
  EXPECT_TRUE(spending.changed().empty());
  spending.add(today(-10), kNow);
  EXPECT_TRUE(spending.changed().empty());
  spending.add(today(10), kNow);
  EXPECT_EQ(spending.changed().size(), 1u);
  spending.add(today(10), kNow);
  EXPECT_EQ(spending.all().size(), 2u);
  EXPECT_TRUE(spending.changed().empty());
}

TEST(ConfirmedSpending, WhatHasComeFreeIsForgotten) {
  ConfirmedSpending spending;
  spending.add(today(30), kNow);
  spending.add(this_minute(10), kNow);
  spending.forget(kNow + 9 * kSecond);
  EXPECT_EQ(spending.all().size(), 2u);
  spending.forget(kNow + 10 * kSecond);
  EXPECT_EQ(spending.all().size(), 1u);
  spending.forget(kNow + 49 * 3600 * kSecond);
  EXPECT_TRUE(spending.all().empty());
}

TEST(ConfirmedSpending, AbsurdAmountsAreCut) {
  ConfirmedSpending spending;
  for (int i = 0; i < 3; ++i) {
    spending.add(today(INT64_MAX), kNow);
    spending.add(this_minute(INT64_MAX), kNow + i);
  }
  for (const auto& told : spending.all()) EXPECT_EQ(told.level, kMostTicks);
  spending.add(this_minute(INT64_MIN), kNow);
  spending.add(today(INT64_MIN), kNow);
  for (const auto& told : spending.all()) EXPECT_LE(told.level, 0);
}

}  // namespace
}  // namespace gatehouse::store
