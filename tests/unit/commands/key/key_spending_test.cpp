// What `gatehouse key list` says of a key's own budgets.
#include "commands/key/key_spending.h"

#include <gtest/gtest.h>

#include <vector>

namespace gatehouse::commands {
namespace {

constexpr std::int64_t kNow = 1'790'000'000;  // 2026-09-21, a Monday
const core::LimitRule kBudgets{.requests_per_minute = 5, .tokens_per_day = 100,
                                   .dollars_per_month = 20'000'000'000};

limits::Balance balance(core::Dimension dimension, std::int64_t unix_s, std::int64_t spent) {
  const std::int32_t period = core::period_of(core::info(dimension).span, unix_s, 0).number;
  return {.scope = core::Scope::own, .name = "k", .dimension = dimension, .period = period, .spent = spent};
}

TEST(KeySpending, IsToldForEachLimitByTheCalendar) {
  const std::vector<limits::Balance> own{balance(core::Dimension::tokens_day, kNow, 13),
                                         balance(core::Dimension::dollars_month, kNow, 12'500'000'000)};
  EXPECT_EQ(spending_text(kBudgets, own, kNow), "spent 13 of 100 tpd, 87 left; 12.5 of 20usd/month, 7.5 left");
}

TEST(KeySpending, OfAnEarlierPeriodIsOver) {
  const std::vector<limits::Balance> own{balance(core::Dimension::tokens_day, kNow - 86'400, 99)};
  EXPECT_EQ(spending_text(kBudgets, own, kNow), "");
}

TEST(KeySpending, DebtLeavesNothing) {
  const std::vector<limits::Balance> own{balance(core::Dimension::tokens_day, kNow, 130)};
  const core::LimitRule limits{.tokens_per_day = 100};
  EXPECT_EQ(spending_text(limits, own, kNow), "spent 130 of 100 tpd, 0 left");
}

TEST(KeySpending, WithoutSuchALimitThereIsNothingToTell) {
  const core::LimitRule limits{.requests_per_minute = 5, .concurrent = 1};
  EXPECT_EQ(spending_text(limits, {}, kNow), "");
}

}  // namespace
}  // namespace gatehouse::commands
