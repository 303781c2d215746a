#include "limits/late_spending.h"

#include <gtest/gtest.h>

namespace gatehouse::limits {
namespace {

constexpr std::int64_t kSecond = 1'000'000'000;

Balance day(std::int64_t spent, std::int32_t period = 7) {
  return {Scope::client, "web", Dimension::tokens_day, period, 1000, spent, 0};
}
Balance bucket(std::int64_t spent, std::int64_t unix_ns) {
  return {Scope::client, "web", Dimension::tokens, 0, 600, spent, unix_ns};
}
Balance slot(const std::string& name, std::int64_t running) {
  return {Scope::client, name, Dimension::concurrent, 0, 0, running, 0};
}

std::int64_t only(const std::vector<Balance>& differences) {
  EXPECT_EQ(differences.size(), 1u);
  return differences.empty() ? 0 : differences.front().spent;
}

TEST(LateSpending, TellsByHowMuchAWindowHasChanged) {
  LateSpending late(std::vector{day(300)});
  late.note(std::vector{day(350)}, {});
  EXPECT_EQ(only(late.differences()), 50);
  EXPECT_EQ(only(late.differences()), 50) << "until it is told";
  late.told();
  EXPECT_TRUE(late.differences().empty());
  late.note(std::vector{day(320)}, {});
  EXPECT_EQ(only(late.differences()), -30) << "a reservation that was settled for less";
}

TEST(LateSpending, ANewPeriodAndAnUnknownSpenderCountFromNothing) {
  LateSpending late(std::vector{day(300)});
  late.note(std::vector{day(20, 8)}, {});
  EXPECT_EQ(only(late.differences()), 20);
}

TEST(LateSpending, ABucketIsToldWithoutWhatHasComeFreeSince) {
  LateSpending late(std::vector{bucket(300, 0)});
  late.note(std::vector{bucket(310, 10 * kSecond)}, {});  // 100 of the 300 have come free
  EXPECT_EQ(only(late.differences()), 110);
  late.told();
  late.note(std::vector{bucket(0, 90 * kSecond)}, {});
  EXPECT_TRUE(late.differences().empty());
}

TEST(LateSpending, SlotsAreToldAsTheyAreTakenAndFreed) {
  LateSpending late;
  late.note({}, std::vector{slot("web", 2)});
  EXPECT_EQ(only(late.differences()), 2);
  late.told();
  late.note({}, std::vector{slot("web", 1)});
  EXPECT_EQ(only(late.differences()), -1);
  late.told();
  late.note({}, {});
  EXPECT_EQ(only(late.differences()), -1);
  EXPECT_TRUE(late.changed().empty()) << "slots are no balances";
}

TEST(LateSpending, WhatHasChangedIsKnownWhenTheOtherDoesNotComeUp) {
  LateSpending late(std::vector{day(300), bucket(5, 0)});
  late.note(std::vector{day(350)}, {});
  late.told();
  ASSERT_EQ(late.changed().size(), 1u);
  EXPECT_EQ(late.changed().front().spent, 350);
}

}  // namespace
}  // namespace gatehouse::limits
