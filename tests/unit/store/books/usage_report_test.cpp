#include "store/books/usage_report.h"

#include <gtest/gtest.h>

#include "core/text/utc.h"
#include "store/data_folder.h"

namespace gatehouse::store {
namespace {

constexpr std::int32_t kToday = 20'849;  // 2027-01-31

TEST(UsageQuestion, IsOfThirtyDaysAndTellsAllApartUnlessSaidOtherwise) {
  const auto question = usage_question({}, kToday);
  ASSERT_TRUE(question.ok());
  EXPECT_EQ(core::date_text(question->since), "2027-01-02");
  EXPECT_TRUE(question->by_day && question->by_client && question->by_key && question->by_model);
}

TEST(UsageQuestion, TellsApartWhatItIsToldTo) {
  const auto question = usage_question({.since = "2024-02-29", .by = "model,client"}, kToday);
  ASSERT_TRUE(question.ok());
  EXPECT_EQ(core::date_text(question->since), "2024-02-29");
  EXPECT_TRUE(question->by_client && question->by_model);
  EXPECT_FALSE(question->by_day || question->by_key);
}

TEST(UsageQuestion, ADateThatIsNoneIsRefused) {
  for (const char* since : {"2027-02-29", "2027-13-01", "2027-00-10", "2027-01-31x", " 2027-01-31", "27-1", "yesterday",
                            "-001-01-01", "2027-01", "2027-01-31-", "+202-01-01", "2027/01/31"}) {
    const auto question = usage_question({.since = since}, kToday);
    ASSERT_FALSE(question.ok()) << since;
    EXPECT_EQ(question.status().code(), core::Code::invalid_request);
    EXPECT_NE(question.status().message().find(since), std::string::npos) << question.status().message();
  }
}

TEST(UsageQuestion, AColumnThatIsNoneIsRefusedByName) {
  for (const char* by : {"team", "day,team", "day,,client", ",day", "Day"}) {
    EXPECT_EQ(usage_question({.by = by}, kToday).status().code(), core::Code::invalid_request) << by;
  }
  EXPECT_EQ(usage_question({.by = "day,team"}, kToday).status().message(),
            "by must be of day, client, key and model, not 'team'");
}

TEST(UsageQuestion, WhatIsNoneIsRefusedByName) {
  const auto at_fault = [](const UsageTerms& terms) {
    const auto question = usage_question(terms, kToday);
    return question.ok() ? std::string() : std::string(question.status().failure().param);
  };
  for (const char* limit : {"0", "-1", "1001", "ten", "1e2", "99999999999999999999", "5 "})
    EXPECT_EQ(at_fault({.limit = limit}), "limit") << limit;
  EXPECT_EQ(at_fault({.limit = "1000"}), "");
  EXPECT_EQ(at_fault({.until = "tomorrow"}), "until");
  EXPECT_EQ(at_fault({.since = "2027-01-31", .until = "2027-01-30"}), "until");
  for (const char* after : {"x", "!!", "MTox", "999", "LTE6"}) EXPECT_EQ(at_fault({.after = after}), "after") << after;
}

TEST(UsageQuestion, GoesOnWhereAPageEnded) {
  const UsagePage page{{{.day = kToday, .client = "a:1\"\n", .key = "k", .model = "m"}}, true};
  const auto question = usage_question({.after = usage_cursor(page)}, kToday);
  ASSERT_TRUE(question.ok()) << question.status().message();
  EXPECT_EQ(question->after, (UsagePlace{kToday, "a:1\"\n", "k", "m"}));
  EXPECT_EQ(usage_cursor({page.lines, false}), "");
}

TEST(UsageJson, HasTheColumnsThatWereAskedFor) {
  const std::vector<limits::UsageLine> lines = {
      {.day = kToday, .client = "we\"b", .requests = 2, .input = 30, .output = 4, .cached = 5, .reasoning = 1,
       .nanodollars = 1'500'000'000}};
  EXPECT_EQ(usage_json({lines}, {.since = kToday, .by_day = true, .by_client = true, .by_key = true}),
            R"({"since":"2027-01-31","next":null,"usage":[{"day":"2027-01-31","client_id":"we\"b","key_id":null,"requests":2,)"
            R"("input_tokens":30,"output_tokens":4,"cached_tokens":5,"reasoning_tokens":1,"dollars":1.5}]})");
  EXPECT_EQ(usage_json({}, {.since = kToday}), R"({"since":"2027-01-31","next":null,"usage":[]})");
}

TEST(UsageOf, AFolderThatIsNoneIsTheOperatorsToMend) {
  const DataFolder folder;
  ASSERT_TRUE(Database::open(folder.text()).ok());
  EXPECT_TRUE(usage_of(folder.text(), {}).ok());
  EXPECT_EQ(usage_of(folder.text() + "/none", {}).status().code(), core::Code::config);
}

}  // namespace
}  // namespace gatehouse::store
