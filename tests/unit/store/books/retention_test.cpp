#include "store/books/retention.h"

#include <vector>

#include "store/data_folder.h"
#include "limits/accounts/rule.h"
#include "store/open_database.h"
#include "store/books/books.h"
#include "store/books/usage_pages.h"

namespace gatehouse::store {
namespace {

using limits::Balance;
using limits::Dimension;
using limits::UsageLine;

constexpr std::int64_t kHour = 3'600'000'000'000;
constexpr limits::Moment kNow{.unix_ns = 1'790'000'000'000'000'000};

class RetentionTest : public testing::Test {
 protected:
  std::vector<std::string> balances_left() {
    std::vector<std::string> names;
    for (const Balance& balance : read_balances(*database_, 0)) names.push_back(balance.name);
    return names;
  }
  std::size_t usage_left() { return read_usage(*database_, {.by_day = true, .by_client = true}).lines.size(); }

  DataFolder folder_;
  std::unique_ptr<Database> database_ = open_database(folder_.text());
};

TEST_F(RetentionTest, BalancesOfPeriodsBeforeTheLastGo) {
  const std::int32_t day = kNow.day(), month = kNow.period(core::Span::month).number;
  const auto at = [](const char* name, Dimension dimension, std::int32_t period) {
    return Balance{.name = name, .dimension = dimension, .period = period, .spent = 1, .unix_ns = kNow.unix_ns};
  };
  write_books(
      *database_,
      std::vector<Balance>{
          at("today", Dimension::tokens_day, day), at("yesterday", Dimension::tokens_day, day - 1),
          at("before", Dimension::tokens_day, day - 2), at("this month", Dimension::dollars_month, month),
          at("last month", Dimension::dollars_month, month - 1), at("long ago", Dimension::dollars_month, month - 2)},
      {});
  EXPECT_FALSE(put_away(*database_, kNow, 0));
  EXPECT_EQ(balances_left(), (std::vector<std::string>{"last month", "this month", "today", "yesterday"}));
}

TEST_F(RetentionTest, BucketsThatRememberNothingGo) {
  const auto at = [](const char* name, std::int64_t unix_ns) {
    return Balance{.name = name, .dimension = Dimension::tokens, .period = 0, .spent = 1, .unix_ns = unix_ns};
  };
  write_books(*database_,
              std::vector<Balance>{at("full", kNow.unix_ns - kHour / 2), at("empty", kNow.unix_ns - 2 * kHour)}, {});
  put_away(*database_, kNow, 0);
  EXPECT_EQ(balances_left(), std::vector<std::string>{"full"});
}

TEST_F(RetentionTest, ADebtIsRememberedUntilItIsPaidOff) {
  const auto at = [](const char* name, std::int64_t spent) {
    return Balance{.name = name, .dimension = Dimension::tokens, .most = 10, .spent = spent,
                   .unix_ns = kNow.unix_ns - 10 * kHour};
  };
  write_books(*database_, std::vector<Balance>{at("eleven hours", 11 * 60 * 10), at("eight hours", 8 * 60 * 10)}, {});
  put_away(*database_, kNow, 0);
  EXPECT_EQ(balances_left(), std::vector<std::string>{"eleven hours"});
  const auto read = read_balances(*database_, kNow.unix_ns);
  EXPECT_EQ(read.size(), 1u);
  EXPECT_TRUE(read_balances(*database_, kNow.unix_ns + 3 * kHour).empty());
}

TEST_F(RetentionTest, UsageGoesByItsDay) {
  std::vector<UsageLine> usage;
  for (std::int32_t day = 10; day < 20; ++day) usage.push_back({.day = day, .client = "c", .requests = 1});
  write_books(*database_, {}, usage);
  put_away(*database_, kNow, 15);
  EXPECT_EQ(usage_left(), 5u);
  EXPECT_EQ(read_usage(*database_, {.by_day = true}).lines.size(), 5u) << "of all clients together";
}

TEST_F(RetentionTest, MuchIsPutAwayInSteps) {
  std::vector<UsageLine> usage;
  for (int i = 0; i < 12'000; ++i) usage.push_back({.day = 1, .client = std::to_string(i), .requests = 1});
  write_books(*database_, {}, usage);
  int steps = 1;
  while (put_away(*database_, kNow, 2)) ++steps;
  EXPECT_EQ(steps, 3);
  EXPECT_EQ(usage_left(), 0u);
}

}  // namespace
}  // namespace gatehouse::store
