#include "store/books/usage_pages.h"

#include <gtest/gtest.h>

#include <map>
#include <tuple>

#include "store/books/books.h"
#include "store/data_folder.h"
#include "store/open_database.h"

namespace gatehouse::store {
namespace {

using limits::UsageLine;

class UsagePagesTest : public testing::Test {
 protected:
  // 250 clients, more than are looked at at a time, on three days; each client has two keys and two models.
  void SetUp() override {
    std::vector<UsageLine> usage;
    for (std::int32_t day : {10, 11, 14})
      for (int client = 0; client < 250; ++client)
        for (int one = 0; one < 4; ++one)
          usage.push_back({.day = day, .client = "c" + std::to_string(1000 + client), .key = "k" + std::to_string(one / 2),
                           .model = "m" + std::to_string(one % 2), .requests = 1, .nanodollars = client});
    write_books(*database_, {}, usage);
  }
  // All pages, one after the other.
  std::vector<UsageLine> all(UsageQuestion question) {
    std::vector<UsageLine> lines;
    while (true) {
      const UsagePage page = read_usage(*database_, question);
      EXPECT_LE(page.lines.size(), question.limit);
      lines.insert(lines.end(), page.lines.begin(), page.lines.end());
      if (!page.more) return lines;
      const UsageLine& last = lines.back();
      question.after = UsagePlace{last.day, last.client, last.key, last.model};
    }
  }

  DataFolder folder_;
  std::unique_ptr<Database> database_ = open_database(folder_.text());
};

TEST_F(UsagePagesTest, PagesTogetherAreTheWholeWhateverIsToldApartAndHoweverLongTheyAre) {
  for (int apart = 0; apart < 16; ++apart) {
    UsageQuestion question{.by_day = (apart & 1) != 0, .by_client = (apart & 2) != 0, .by_key = (apart & 4) != 0,
                           .by_model = (apart & 8) != 0};
    const std::size_t expected = (question.by_day ? 3 : 1) * (question.by_client ? 250 : 1) *
                                 (question.by_key ? 2 : 1) * (question.by_model ? 2 : 1);
    for (const std::size_t limit : {7u, 100u, 1000u}) {
      question.limit = limit;
      const std::vector<UsageLine> lines = all(question);
      std::int64_t requests = 0;
      for (const UsageLine& line : lines) requests += line.requests;
      EXPECT_EQ(lines.size(), expected) << apart << " " << limit;
      EXPECT_EQ(requests, 3000) << apart << " " << limit;
    }
  }
}

TEST_F(UsagePagesTest, ANamelessClientIsOneOfThem) {
  std::vector<UsageLine> usage;
  for (int model = 0; model < 250; ++model)
    usage.push_back({.day = 20, .client = "", .model = std::to_string(model), .requests = 1});
  usage.push_back({.day = 20, .client = "a", .requests = 1});
  write_books(*database_, {}, usage);
  EXPECT_EQ(all({.since = 20, .by_client = true, .by_model = true, .limit = 7}).size(), 251u);
}

TEST_F(UsagePagesTest, AClientWithMoreLinesThanAreLookedAtAtATimeIsReadToItsEnd) {
  std::vector<UsageLine> usage;
  for (int model = 0; model < 450; ++model)
    usage.push_back({.day = 20, .client = "b", .model = "m" + std::to_string(1000 + model), .requests = 1});
  for (const char* client : {"a", "c"}) usage.push_back({.day = 20, .client = client, .requests = 1});
  write_books(*database_, {}, usage);
  EXPECT_EQ(all({.since = 20, .by_client = true}).size(), 3u);
  EXPECT_EQ(all({.since = 20, .by_client = true, .by_model = true}).size(), 452u);
  EXPECT_EQ(all({.since = 20, .by_client = true, .by_model = true, .limit = 7}).size(), 452u);
}

TEST_F(UsagePagesTest, AllTogetherAreWhatEachHasUsed) {
  const UsageLine more{.day = 11, .client = "c1003", .key = "k1", .model = "m1", .requests = 2, .input = 3, .output = 4,
                       .cached = 5, .reasoning = 6, .nanodollars = 7};
  write_books(*database_, {}, std::vector<UsageLine>{more, more});
  for (const bool by_model : {false, true}) {
    UsageQuestion question{.since = 11, .by_day = true, .by_model = by_model};
    const std::vector<UsageLine> together = all(question);
    question.by_client = true;
    std::map<std::tuple<std::int32_t, std::string>, UsageLine> added;
    for (const UsageLine& line : all(question)) added[{line.day, line.model}] += line;
    ASSERT_EQ(together.size(), added.size());
    for (const UsageLine& line : together) {
      const UsageLine& sum = added.at({line.day, line.model});
      EXPECT_EQ(std::tie(line.requests, line.input, line.output, line.cached, line.reasoning, line.nanodollars),
                std::tie(sum.requests, sum.input, sum.output, sum.cached, sum.reasoning, sum.nanodollars));
    }
  }
  EXPECT_EQ(all({.since = 11, .until = 11, .model = "m1"}).at(0).reasoning, 12);
}

TEST_F(UsagePagesTest, OnlyTheirsAreThere) {
  UsageQuestion question{.by_client = true, .client = "c1007"};
  ASSERT_EQ(all(question).size(), 1u);
  EXPECT_EQ(all(question)[0].requests, 12);
  question.key = "k1";
  EXPECT_EQ(all(question)[0].requests, 6);
  question.model = "m0";
  EXPECT_EQ(all(question)[0].requests, 3);
  question.client = "nobody";
  EXPECT_TRUE(all(question).empty());
  EXPECT_EQ(all({.by_client = true, .model = "m1"}).size(), 250u);
  EXPECT_EQ(all({.by_day = true, .client = "c1007"}).size(), 3u);
}

TEST_F(UsagePagesTest, BothDaysCount) {
  EXPECT_EQ(all({.since = 10, .until = 11, .by_day = true}).size(), 2u);
  EXPECT_EQ(all({.since = 11, .until = 13, .by_client = true})[0].requests, 4);
  EXPECT_EQ(all({.since = 11, .until = 14, .by_model = true})[0].requests, 1000);
}

TEST_F(UsagePagesTest, LongNamesMakeAPageShorter) {
  std::vector<UsageLine> usage;
  for (int client = 0; client < 1000; ++client)
    usage.push_back({.day = 20, .client = std::to_string(client) + std::string(250, '\x01'), .requests = 1});
  write_books(*database_, {}, usage);
  const UsageQuestion question{.since = 20, .by_client = true, .limit = 1000};
  EXPECT_LT(read_usage(*database_, question).lines.size(), 900u);
  EXPECT_EQ(all(question).size(), 1000u);
}

}  // namespace
}  // namespace gatehouse::store
