#include "store/books/books.h"
#include "store/books/usage_pages.h"

#include <map>
#include <vector>

#include "store/data_folder.h"
#include "store/open_database.h"

namespace gatehouse::store {
namespace {

using limits::Balance;
using limits::Dimension;
using limits::Scope;
using limits::UsageLine;

constexpr std::int64_t kNow = 1'790'000'000'000'000'000;
constexpr std::int64_t kHour = 3'600'000'000'000;

class BooksTest : public testing::Test {
 protected:
  void write(const std::vector<Balance>& balances, const std::vector<UsageLine>& usage = {}) {
    write_books(*database_, balances, usage);
  }

  DataFolder folder_;
  std::unique_ptr<Database> database_ = open_database(folder_.text());
};

TEST_F(BooksTest, ABalanceComesBackAsItWasWritten) {
  const Balance written{.scope = Scope::own,
                        .name = "key-'; DROP TABLE balances; --",
                        .dimension = Dimension::dollars_month,
                        .period = 24'320,
                        .most = 20'000'000'000,
                        .spent = INT64_MAX,
                        .unix_ns = kNow};
  write({written});
  const std::vector<Balance> read = read_balances(*database_, kNow);
  ASSERT_EQ(read.size(), 1u);
  EXPECT_EQ(read[0].scope, written.scope);
  EXPECT_EQ(read[0].name, written.name);
  EXPECT_EQ(read[0].dimension, written.dimension);
  EXPECT_EQ(read[0].period, written.period);
  EXPECT_EQ(read[0].most, written.most);
  EXPECT_EQ(read[0].spent, written.spent);
  EXPECT_EQ(read[0].unix_ns, written.unix_ns);
}

TEST_F(BooksTest, ALaterBalanceReplacesTheEarlierOneOfItsPeriodOnly) {
  Balance balance{.name = "web", .dimension = Dimension::tokens_day, .period = 30'000, .spent = 7};
  write({balance});
  balance.spent = 5;
  write({balance});
  balance.period = 30'001;
  balance.spent = 1;
  write({balance});
  std::map<std::int32_t, std::int64_t> spent;
  for (const Balance& read : read_balances(*database_, kNow)) spent[read.period] = read.spent;
  EXPECT_EQ(spent, (std::map<std::int32_t, std::int64_t>{{30'000, 5}, {30'001, 1}}));
}

TEST_F(BooksTest, WhatHasLongRefilledIsNotReadAndACalendarsBalanceIs) {
  write({{.name = "refilled", .dimension = Dimension::tokens, .spent = 1, .unix_ns = kNow - 2 * kHour},
         {.name = "refills", .dimension = Dimension::tokens, .spent = 1, .unix_ns = kNow - kHour / 2},
         {.name = "a day", .dimension = Dimension::tokens_day, .period = 30'000, .spent = 1, .unix_ns = 0}});
  std::vector<std::string> names;
  for (const Balance& read : read_balances(*database_, kNow)) names.push_back(read.name);
  EXPECT_EQ(names, (std::vector<std::string>{"a day", "refills"}));
}

TEST_F(BooksTest, BalancesOfPeriodsThatAreOverAreNotRead) {
  const limits::Moment now{.unix_ns = kNow};
  for (const std::int32_t ago : {2, 1, 0, -1}) {
    write({{.name = "day " + std::to_string(ago), .dimension = Dimension::tokens_day, .period = now.day() - ago},
           {.name = "month " + std::to_string(ago), .dimension = Dimension::dollars_month,
            .period = now.period(core::Span::month).number - ago}});
  }
  std::vector<std::string> names;
  for (const Balance& read : read_balances(*database_, kNow)) names.push_back(read.name);
  EXPECT_EQ(names, (std::vector<std::string>{"day -1", "day 0", "month -1", "month 0"}));
}

TEST_F(BooksTest, OfManyBalancesEachIsReadOnce) {
  std::vector<Balance> written;
  for (int i = 0; i < 5'000; ++i)
    written.push_back({.name = std::to_string(i), .dimension = Dimension::tokens_day, .period = 30'000, .spent = i});
  write(written);
  std::map<std::string, std::int64_t> spent;
  const std::vector<Balance> read = read_balances(*database_, kNow);
  for (const Balance& balance : read) spent[balance.name] += balance.spent;
  EXPECT_EQ(read.size(), 5'000u);
  for (int i = 0; i < 5'000; ++i) EXPECT_EQ(spent[std::to_string(i)], i);
}

TEST_F(BooksTest, ABalanceOfAnotherVersionIsPassedOver) {
  write({{.name = "web", .dimension = Dimension::tokens_day, .period = 30'000, .spent = 1}});
  database_->run("INSERT INTO balances VALUES ('planet', 'a', 'tokens_per_day', 30000, 1, 1, 0)");
  database_->run("INSERT INTO balances VALUES ('client', 'a', 'images_per_day', 30000, 1, 1, 0)");
  EXPECT_EQ(read_balances(*database_, kNow).size(), 1u);
}

TEST_F(BooksTest, UsageIsAddedToWhatThereIs) {
  const UsageLine line{.day = 20'000, .client = "web", .key = "k", .model = "m", .requests = 1, .input = 10,
                       .output = 5, .cached = 2, .reasoning = 1, .nanodollars = 100};
  write({}, {line});
  write({}, {line, line});
  const std::vector<UsageLine> read =
      read_usage(*database_, {.by_day = true, .by_client = true, .by_key = true, .by_model = true}).lines;
  ASSERT_EQ(read.size(), 1u);
  EXPECT_EQ(read[0].client + read[0].key + read[0].model, "webkm");
  EXPECT_EQ(read[0].requests, 3);
  EXPECT_EQ(read[0].input, 30);
  EXPECT_EQ(read[0].output, 15);
  EXPECT_EQ(read[0].cached, 6);
  EXPECT_EQ(read[0].reasoning, 3);
  EXPECT_EQ(read[0].nanodollars, 300);
}

TEST_F(BooksTest, UsageIsToldApartByWhatIsAskedFromADayOnInTheOrderOfNames) {
  write({}, {{.day = 1, .client = "web", .model = "a", .requests = 1, .nanodollars = 1},
             {.day = 2, .client = "web", .model = "a", .requests = 1, .nanodollars = 2},
             {.day = 2, .client = "app", .model = "b", .requests = 1, .nanodollars = 9},
             {.day = 3, .client = "web", .model = "b", .requests = 1, .nanodollars = 4}});
  const auto told = [&](const UsageQuestion& question) {
    std::string text;
    for (const UsageLine& line : read_usage(*database_, question).lines) {
      text += std::to_string(line.day) + "/" + line.client + "/" + line.model + ":" +
              std::to_string(line.nanodollars) + " ";
    }
    return text;
  };
  EXPECT_EQ(told({.since = 2}), "0//:15 ");
  EXPECT_EQ(told({.since = 2, .by_client = true}), "0/app/:9 0/web/:6 ");
  EXPECT_EQ(told({.since = 0, .by_day = true, .by_model = true}), "1//a:1 2//a:2 2//b:9 3//b:4 ");
  EXPECT_EQ(told({.since = 4, .by_day = true}), "");
}

TEST_F(BooksTest, BothPartsAreWrittenOrNeither) {
  database_->run("DROP TABLE usage");
  const Balance balance{.name = "web", .dimension = Dimension::tokens_day, .period = 1, .spent = 1};
  EXPECT_ANY_THROW(write({balance}, {{.day = 1, .client = "web"}}));
  EXPECT_TRUE(read_balances(*database_, kNow).empty());
}

}  // namespace
}  // namespace gatehouse::store
