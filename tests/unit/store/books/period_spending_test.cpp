#include "store/books/period_spending.h"

#include <map>
#include <vector>

#include "store/books/books.h"
#include "store/data_folder.h"
#include "store/open_database.h"

namespace gatehouse::store {
namespace {

using core::Dimension;
using core::Scope;
using limits::UsageLine;

constexpr std::int32_t kDay = 20'666;  // the 1st of August 2026
constexpr limits::Moment at(std::int32_t day) { return {.unix_ns = std::int64_t{day} * 86'400'000'000'000 + 1}; }

class PeriodSpendingTest : public testing::Test {
 protected:
  PeriodSpendingTest() {
    const auto line = [](std::int32_t day, const char* client, const char* model, std::int64_t dollars) {
      return UsageLine{.day = day, .client = client, .key = "k", .model = model, .requests = 1, .input = 10, .output = 5,
                       .nanodollars = dollars};
    };
    write_books(*database_, {},
                std::vector<UsageLine>{line(kDay - 1, "web", "m", 1000), line(kDay, "web", "m", 100),
                                       line(kDay + 2, "web", "m", 10), line(kDay + 2, "web", "n", 1),
                                       line(kDay + 2, "", "n", 7)});
  }
  std::map<std::string, std::int64_t> spent(Scope scope, Dimension dimension, std::int32_t day = kDay + 2) {
    std::map<std::string, std::int64_t> by_name;
    for (const limits::Balance& one : period_spending(*database_, ledger_at(at(day)), {scope, dimension})) {
      EXPECT_EQ(one.scope, scope);
      EXPECT_EQ(one.period, at(day).period(core::info(dimension).span).number);
      by_name[one.name] = one.spent;
    }
    return by_name;
  }
  using Spent = std::map<std::string, std::int64_t>;
  // At that time.
  static limits::Ledger ledger_at(limits::Moment now, std::vector<core::LimitRule> rules = {}) {
    return limits::Ledger(rules, [now] { return now; });
  }

  DataFolder folder_;
  std::unique_ptr<Database> database_ = open_database(folder_.text());
};

TEST_F(PeriodSpendingTest, AddsUpThePresentDayOrMonthByName) {
  EXPECT_EQ(spent(Scope::client, Dimension::dollars_day), (Spent{{"", 7}, {"web", 11}}));
  EXPECT_EQ(spent(Scope::client, Dimension::dollars_month), (Spent{{"", 7}, {"web", 111}}));
  EXPECT_EQ(spent(Scope::client, Dimension::tokens_day), (Spent{{"", 15}, {"web", 30}}));
  EXPECT_EQ(spent(Scope::model, Dimension::dollars_day), (Spent{{"m", 10}, {"n", 8}}));
  EXPECT_EQ(spent(Scope::key, Dimension::dollars_month), (Spent{{"k", 118}}));
  EXPECT_EQ(spent(Scope::global, Dimension::dollars_month), (Spent{{"", 118}}));
}

TEST_F(PeriodSpendingTest, AWeekBeginsWithMondayAndTheTotalWithTheFirstLine) {
  const std::int32_t monday = kDay + 2 - (kDay + 2 + 3) % 7;
  const std::int64_t before = (monday > kDay - 1 ? 0 : 1000) + (monday > kDay ? 0 : 100);
  EXPECT_EQ(spent(Scope::global, Dimension::dollars_week), (Spent{{"", before + 18}}));
  EXPECT_EQ(spent(Scope::global, Dimension::dollars_total), (Spent{{"", 1118}}));
  EXPECT_EQ(spent(Scope::client, Dimension::requests_day), (Spent{{"", 1}, {"web", 2}}));
}

TEST_F(PeriodSpendingTest, APlacesDayBeginsWithTheDayOfUtcThatBeganInIt) {
  const core::Calendar& kiritimati = **core::Calendar::of("Pacific/Kiritimati");  // 14 hours ahead
  const auto spent_at = [&](std::int32_t day, std::int64_t hour) {
    const limits::Moment then{0, std::int64_t{day} * 86'400'000'000'000 + hour * 3'600'000'000'000};
    return period_spending(*database_, ledger_at(then), {Scope::global, Dimension::dollars_day, &kiritimati});
  };
  EXPECT_TRUE(spent_at(kDay + 2, 11).empty()) << "its day began an hour ago, and that of UTC before it";
  const auto spending = spent_at(kDay + 2, 9);
  ASSERT_EQ(spending.size(), 1u);
  EXPECT_EQ(spending[0].period, kDay + 2);
  EXPECT_EQ(spending[0].spent, 18);
}

TEST_F(PeriodSpendingTest, AMonthBeginsWithItsFirstDay) {
  EXPECT_EQ(spent(Scope::global, Dimension::dollars_month, kDay - 1), (Spent{{"", 1118}})) << "what comes later, too";
  EXPECT_EQ(spent(Scope::global, Dimension::dollars_day, kDay + 1), (Spent{{"", 18}}));
  EXPECT_EQ(spent(Scope::global, Dimension::dollars_month, kDay + 40), Spent{});
}

TEST_F(PeriodSpendingTest, KnowsTheLimitsThatHaveAPeriod) {
  const std::vector<core::LimitRule> rules{{.per = Scope::client, .tokens_per_minute = 1, .dollars_per_day = 2},
                                           {.per = Scope::global, .concurrent = 1, .dollars_per_month = 3, .tokens_per_hour = 4}};
  EXPECT_EQ(period_limits(limits::Ledger(rules)),
            (std::vector<PeriodLimit>{{Scope::client, Dimension::dollars_day}, {Scope::global, Dimension::dollars_month}}));
}

TEST_F(PeriodSpendingTest, OfADatabaseThatCannotBeReadItSaysSo) {
  EXPECT_FALSE(period_spending_of("/nowhere", {}, ledger_at(at(kDay))).ok());
}

TEST_F(PeriodSpendingTest, EachLineBeginsWithWhatItWouldHaveCounted) {
  const std::vector<core::LimitRule> rules{
      {.per = Scope::client, .dollars_per_month = 1},
      {.per = Scope::client, .dollars_per_month = 2, .match = {{Scope::model, "", {"n*"}}}},
      {.per = Scope::tag, .dollars_per_month = 2, .tag = "project"}};
  const limits::Ledger ledger = ledger_at(at(kDay + 2), rules);
  std::map<std::string, Spent> all;
  for (const PeriodLimit& limit : period_limits(ledger)) {
    for (const limits::Balance& one : period_spending(*database_, ledger, limit))
      all[std::string(limits::label_of(one.name))][std::string(limits::spender_of(one.name))] = one.spent;
  }
  EXPECT_EQ(all, (std::map<std::string, Spent>{{"", {{"web", 110}}}, {R"({"model":["n*"]})", {{"", 7}, {"web", 1}}}}));
}

TEST_F(PeriodSpendingTest, AProvidersLineBeginsAtNothing) {
  const std::vector<core::LimitRule> rules{
      {.per = Scope::provider, .dollars_per_month = 1},
      {.per = Scope::provider, .tokens_per_day = 1, .match = {{Scope::model, "", {"n*"}}}}};
  const limits::Ledger ledger = ledger_at(at(kDay + 2), rules);
  const std::vector<PeriodLimit> limits = period_limits(ledger);
  EXPECT_EQ(limits.size(), 2u);
  for (const PeriodLimit& limit : limits)
    EXPECT_TRUE(period_spending(*database_, ledger, limit).empty()) << limit.label;
}

}  // namespace
}  // namespace gatehouse::store
