// A key's limits, as they are typed and as they are listed.
#include "commands/key/key_limits.h"

#include <gtest/gtest.h>

#include <string>

namespace gatehouse::commands {
namespace {

using core::LimitRule;
using core::Scope;

core::Status read(const std::string& option, const std::string& value, LimitRule& limits) {
  Arguments arguments;
  arguments.options[option] = value;
  return read_limits(arguments, limits);
}

std::string refusal(const std::string& option, const std::string& value) {
  LimitRule limits;
  const core::Status status = read(option, value, limits);
  EXPECT_EQ(limits, LimitRule()) << option << " " << value;
  return std::string(status.message());
}

TEST(KeyLimits, EveryDimensionIsReadFromItsOptionAndListed) {
  for (const core::DimensionInfo& row : core::kDimensions) {
    const std::string name(row.short_name);
    LimitRule limits, expected;
    expected.*row.limit = row.is_money() ? 7'000'000'000 : 7;
    EXPECT_TRUE(read(row.is_money() ? "budget" : name, row.is_money() ? "7" + name : "7", limits).ok()) << name;
    EXPECT_EQ(limits, expected) << name;
    EXPECT_EQ(limits_text(limits), row.is_money() ? "7" + name : name + " 7");
  }
}

TEST(KeyLimits, AreListedByKindAndMoneyLast) {
  EXPECT_EQ(limits_text({.per = Scope::key,
                         .requests_per_minute = 1,
                         .tokens_per_minute = 2,
                         .concurrent = 3,
                         .tokens_per_day = 4,
                         .dollars_per_day = 500'000'000,
                         .dollars_per_month = 6'000'000'000}),
            "rpm 1 tpm 2 tpd 4 concurrent 3 0.5usd/day 6usd/month");
  EXPECT_EQ(limits_text({}), "");
}

TEST(KeyLimits, ACountIsAWholeNumberFromOne) {
  for (const char* value : {"0", "-1", "1.5", "many", "1000000000001"}) {
    EXPECT_EQ(refusal("rpm", value), "--rpm must be a whole number from 1, not '" + std::string(value) + "'");
  }
}

TEST(KeyLimits, ABudgetNamesItsPeriod) {
  LimitRule limits;
  EXPECT_TRUE(read("budget", "20usd/month,0.5usd/day,90usd/total", limits).ok());
  EXPECT_EQ(limits, (LimitRule{.dollars_per_day = 500'000'000, .dollars_per_month = 20'000'000'000,
                                .dollars_total = 90'000'000'000}));
  for (const char* value : {"20", "20usd", "20usd/year", "usd/day", "0usd/day", "-1usd/day", "1usd/1usd/day"}) {
    EXPECT_EQ(refusal("budget", value),
              "--budget must be such as 20usd/month or 0.5usd/day, not '" + std::string(value) + "'");
  }
}

}  // namespace
}  // namespace gatehouse::commands
