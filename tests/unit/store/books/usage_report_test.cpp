#include "store/books/usage_report.h"

#include <gtest/gtest.h>

#include "core/text/utc.h"
#include "store/data_folder.h"

namespace gatehouse::store {
namespace {

constexpr std::int32_t kToday = 20'849;  // 2027-01-31

TEST(UsageQuestion, IsOfThirtyDaysAndTellsAllApartUnlessSaidOtherwise) {
  const auto question = usage_question("", "", kToday);
  ASSERT_TRUE(question.ok());
  EXPECT_EQ(core::date_text(question->since), "2027-01-02");
  EXPECT_TRUE(question->by_day && question->by_client && question->by_key && question->by_model);
}

TEST(UsageQuestion, TellsApartWhatItIsToldTo) {
  const auto question = usage_question("2024-02-29", "model,client", kToday);
  ASSERT_TRUE(question.ok());
  EXPECT_EQ(core::date_text(question->since), "2024-02-29");
  EXPECT_TRUE(question->by_client && question->by_model);
  EXPECT_FALSE(question->by_day || question->by_key);
}

TEST(UsageQuestion, ADateThatIsNoneIsRefused) {
  for (const char* since : {"2027-02-29", "2027-13-01", "2027-00-10", "2027-01-31x", " 2027-01-31", "27-1", "yesterday",
                            "-001-01-01", "2027-01", "2027-01-31-", "+202-01-01", "2027/01/31"}) {
    const auto question = usage_question(since, "", kToday);
    ASSERT_FALSE(question.ok()) << since;
    EXPECT_EQ(question.status().code(), core::Code::invalid_request);
    EXPECT_NE(question.status().message().find(since), std::string::npos) << question.status().message();
  }
}

TEST(UsageQuestion, AColumnThatIsNoneIsRefusedByName) {
  for (const char* by : {"team", "day,team", "day,,client", ",day", "Day"}) {
    EXPECT_EQ(usage_question("", by, kToday).status().code(), core::Code::invalid_request) << by;
  }
  EXPECT_EQ(usage_question("", "day,team", kToday).status().message(),
            "by must be of day, client, key and model, not 'team'");
}

TEST(UsageJson, HasTheColumnsThatWereAskedFor) {
  const std::vector<limits::UsageLine> lines = {
      {.day = kToday, .client = "we\"b", .requests = 2, .input = 30, .output = 4, .cached = 5, .reasoning = 1,
       .nanodollars = 1'500'000'000}};
  EXPECT_EQ(usage_json(lines, {.since = kToday, .by_day = true, .by_client = true, .by_key = true}),
            R"({"since":"2027-01-31","usage":[{"day":"2027-01-31","client_id":"we\"b","key_id":null,"requests":2,)"
            R"("input_tokens":30,"output_tokens":4,"cached_tokens":5,"reasoning_tokens":1,"dollars":1.5}]})");
  EXPECT_EQ(usage_json({}, {.since = kToday}), R"({"since":"2027-01-31","usage":[]})");
}

TEST(UsageOf, AFolderThatIsNoneIsTheOperatorsToMend) {
  const DataFolder folder;
  ASSERT_TRUE(Database::open(folder.text()).ok());
  EXPECT_TRUE(usage_of(folder.text(), {}).ok());
  EXPECT_EQ(usage_of(folder.text() + "/none", {}).status().code(), core::Code::config);
}

}  // namespace
}  // namespace gatehouse::store
