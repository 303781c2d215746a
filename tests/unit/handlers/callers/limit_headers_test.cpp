// What a caller is told of what it has left, in each dialect's way.
#include "handlers/callers/limit_headers.h"

#include <gmock/gmock.h>

#include "../routing/answering_server.h"
#include "handlers/routing/answer.h"

namespace gatehouse::handlers {
namespace {

using testing::HasSubstr;
using testing::MatchesRegex;
using testing::Not;
using namespace std::chrono_literals;

TEST(GoDuration, IsWrittenAsGoDoes) {
  EXPECT_EQ(go_duration(0ns), "0s");
  EXPECT_EQ(go_duration(-5s), "0s");
  EXPECT_EQ(go_duration(1ns), "1ms");  // never too early
  EXPECT_EQ(go_duration(120ms), "120ms");
  EXPECT_EQ(go_duration(1s), "1s");
  EXPECT_EQ(go_duration(8'640ms), "8.64s");
  EXPECT_EQ(go_duration(10'001ms), "10.001s");
  EXPECT_EQ(go_duration(6min), "6m0s");
  EXPECT_EQ(go_duration(1h + 2min + 3s + 400ms), "1h2m3.4s");
  EXPECT_EQ(go_duration(24h), "24h0m0s");
}

class LimitHeaders : public AnsweringServer {
 protected:
  std::string told(const core::Quotas& quotas, LimitStyle style) {
    router.add("GET", "/", [=](net::Request&, net::Response& response, const Visitor& visitor) {
      set_limit_headers(response, quotas, style);
      send_json(response, 200, visitor.id, "{}");
    });
    return ask("GET /");
  }
  static core::Quotas of_a_minute() {
    core::Quotas quotas;
    quotas.tighten(core::Dimension::requests, {60, 59, 1s});
    quotas.tighten(core::Dimension::tokens, {10'000, 9'000, 6'500ms});
    return quotas;
  }
};

TEST_F(LimitHeaders, OpenAisAndTheIetfs) {
  const std::string answer = told(of_a_minute(), LimitStyle::openai);
  for (const char* line : {"x-ratelimit-limit-requests: 60\r\n", "x-ratelimit-remaining-requests: 59\r\n",
                           "x-ratelimit-reset-requests: 1s\r\n", "x-ratelimit-limit-tokens: 10000\r\n",
                           "x-ratelimit-remaining-tokens: 9000\r\n", "x-ratelimit-reset-tokens: 6.5s\r\n",
                           "ratelimit-policy: \"rpm\";q=60;w=60, \"tpm\";q=10000;w=60;qu=\"tokens\"\r\n",
                           "ratelimit: \"rpm\";r=59;t=1, \"tpm\";r=9000;t=7\r\n"}) {
    EXPECT_THAT(answer, HasSubstr(line));
  }
}

TEST_F(LimitHeaders, AnthropicsNameATime) {
  const std::string answer = told(of_a_minute(), LimitStyle::anthropic);
  EXPECT_THAT(answer, HasSubstr("anthropic-ratelimit-requests-limit: 60\r\n"));
  EXPECT_THAT(answer, HasSubstr("anthropic-ratelimit-tokens-remaining: 9000\r\n"));
  const auto at = answer.find("anthropic-ratelimit-tokens-reset: ");
  ASSERT_NE(at, std::string::npos);
  EXPECT_THAT(answer.substr(at, answer.find('\r', at) - at),
              MatchesRegex("anthropic-ratelimit-tokens-reset: [0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z"));
}

TEST_F(LimitHeaders, NothingIsSaidOfALimitThatThereIsNot) {
  EXPECT_THAT(told({}, LimitStyle::openai), Not(HasSubstr("ratelimit")));
}

TEST_F(LimitHeaders, TheLongestNumbersHaveRoom) {
  constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max();
  core::Quotas quotas;
  for (const core::DimensionInfo& row : core::kDimensions)
    quotas.tighten(row.dimension, {kMost, kMost, std::chrono::days(31)});
  const std::string answer = told(quotas, LimitStyle::anthropic);
  EXPECT_THAT(answer, HasSubstr("\"tokens-total\";r=9223372036854775807;t=2678400\r\n"));
  EXPECT_EQ(status_of(answer), 200);
}

class RetryHeaders : public AnsweringServer {
 protected:
  std::string told(std::chrono::milliseconds retry_after, bool useless = false) {
    core::Failure failure;
    failure.retry_after = retry_after;
    failure.retry_useless = useless;
    router.add("GET", "/", [=](net::Request&, net::Response& response, const Visitor& visitor) {
      set_retry_headers(response, failure);
      send_json(response, 429, visitor.id, "{}");
    });
    return ask("GET /");
  }
};

TEST_F(RetryHeaders, AShortWaitIsAWholeSecondAndAnExactNumberOfMilliseconds) {
  const std::string answer = told(120ms);
  EXPECT_THAT(answer, HasSubstr("retry-after: 1\r\n"));
  EXPECT_THAT(answer, HasSubstr("retry-after-ms: 120\r\n"));
}

TEST_F(RetryHeaders, ALongWaitIsSaidAsLong) {
  const std::string answer = told(2h);
  EXPECT_THAT(answer, HasSubstr("retry-after: 7200\r\n"));
  EXPECT_THAT(answer, HasSubstr("retry-after-ms: 7200000\r\n"));
}

TEST_F(RetryHeaders, WhatWaitingCannotHelpIsSaid) {
  const std::string answer = told(5s, true);
  EXPECT_THAT(answer, HasSubstr("x-should-retry: false\r\n"));
  EXPECT_THAT(answer, Not(HasSubstr("retry-after")));
}

}  // namespace
}  // namespace gatehouse::handlers
