#include "limits/bill/estimate.h"

#include <gtest/gtest.h>

#include <string>

#include "limits/tokens/rank_file.h"

namespace gatehouse::limits {
namespace {

Estimate estimate_of(const std::string& json) {
  auto request = core::ChatRequest::parse(core::PaddedBytes(json));
  EXPECT_TRUE(request.ok()) << request.status().message();
  return estimate(*request);
}

std::string with(const std::string& fields, const std::string& text = "hi") {
  return R"({"model":"m","messages":[{"role":"user","content":")" + text + "\"}]" + fields + "}";
}

TEST(Estimate, IsBytesOverAStatedRatioAndAnOverheadPerMessage) {
  EXPECT_EQ(estimate_of(with("", std::string(330, 'x'))).input, 100u + 4);
  EXPECT_EQ(estimate_of(with("", "x")).input, 1u + 4);
  EXPECT_EQ(
      estimate_of(R"({"model":"m","messages":[{"role":"system","content":""},{"role":"user","content":""}]})").input,
      8u);
  EXPECT_EQ(estimate_of(with("")).method, "bytes");
}

TEST(Estimate, CountsTools) {
  const std::string tools = R"([{"type":"function","function":{"name":"f"}}])";
  const auto bytes = static_cast<std::uint64_t>(tools.size() + 2);
  EXPECT_EQ(estimate_of(with(",\"tools\":" + tools)).input, (bytes * 10 + 32) / 33 + 4);
}

TEST(Estimate, AnImageIsWhatItsProviderReservesForIt) {
  const std::string url = R"({"type":"image_url","image_url":{"url":"data:image/png;base64,)" + std::string(9000, 'A');
  const std::string content = R"([{"type":"text","text":"hi"},)" + url + R"("}},)" + url + R"(","detail":"low"}}])";
  const std::string json = R"({"model":"m","messages":[{"role":"user","content":)" + content + "}]}";
  EXPECT_EQ(estimate_of(json).input, 5u + 2 * 765);
  const RankFile ranks(std::vector<std::string>{"hi"});
  const auto encoding = Encoding::read("o200k_base", ranks.path());
  const auto request = core::ChatRequest::parse(core::PaddedBytes(json));
  ASSERT_TRUE(encoding.ok() && request.ok());
  Estimate counted = estimate(*request);
  correct(counted, *request, &*encoding, Ratios());
  EXPECT_EQ(counted.input, 1u + 4 + 3 + 2 * 765);
}

TEST(Estimate, OutputIsWhatTheCallerAllows) {
  EXPECT_EQ(estimate_of(with("")).output, kDefaultOutputTokens);
  EXPECT_EQ(estimate_of(with(",\"max_tokens\":7")).output, 7u);
  EXPECT_EQ(estimate_of(with(",\"max_tokens\":1,\"max_completion_tokens\":5000")).output, 5000u);
  EXPECT_EQ(estimate_of(with(",\"max_tokens\":7,\"n\":3")).output, 21u);
}

TEST(Estimate, NeverOverflows) {
  const Estimate huge = estimate_of(with(",\"max_tokens\":2147483647,\"n\":100"));
  EXPECT_GT(huge.output, 100'000'000'000u);
  EXPECT_GT(huge.input + huge.output, huge.output);
}

core::Usage usage_of(const Estimate& estimate, const core::Unreported& since, const core::Usage& reported = {}) {
  return limits::usage_of(estimate, reported, since, Ratios(), "m");
}

TEST(Estimate, UsageOfWhatWasNotCounted) {
  const core::Usage whole = usage_of(estimate_of(with("")), {33, 1, ""});
  EXPECT_EQ(whole.input, 5u);
  EXPECT_EQ(whole.output, 10u);
  EXPECT_FALSE(whole.reported);
  EXPECT_EQ(usage_of(estimate_of(with("")), {33, 7, ""}).output, 7u) << "a provider that streams tokens has counted";
  EXPECT_EQ(usage_of(estimate_of(with("")), {}).output, 0u);
}

TEST(Estimate, WhatWasNotCountedIsSetRightByWhatIsKnownOfTheModel) {
  Ratios ratios;
  for (int i = 0; i < 200; ++i) ratios.learn("m", 1000, 2000);
  const auto output = [&](std::string_view model) {
    return limits::usage_of(estimate_of(with("")), {}, {33'000, 1, ""}, ratios, model).output;
  };
  EXPECT_NEAR(static_cast<double>(output("m")), 20'000, 200);
  EXPECT_EQ(output("another"), 10'000u);
}

TEST(Estimate, WhatWasReportedOnTheWayIsAddedTo) {
  core::Usage reported{.input = 20, .output = 1, .cached = 8, .reported = true};
  core::Usage usage = usage_of(estimate_of(with("")), {33, 7, ""}, reported);
  EXPECT_EQ(usage.input, 20u);
  EXPECT_EQ(usage.output, 8u);
  EXPECT_EQ(usage.cached, 8u);
  EXPECT_FALSE(usage.reported) << "not all of it";
  EXPECT_TRUE(usage_of(estimate_of(with("")), {}, reported).reported);
}

TEST(Estimate, WhatWasKeptIsCounted) {
  const RankFile ranks({" w", "or", " wor", "ld", " world", "hello"});
  const auto encoding = Encoding::read("o200k_base", ranks.path());
  ASSERT_TRUE(encoding.ok());
  Estimate estimate = estimate_of(with(""));
  estimate.encoding = &*encoding;
  EXPECT_EQ(usage_of(estimate, {23, 1, "hello world world world"}).output, 4u);
  EXPECT_EQ(usage_of(estimate, {23, 23, "hello world world world"}).output, 4u) << "in however many pieces";
  EXPECT_EQ(usage_of(estimate, {2300, 1, "hello world world world"}).output, 400u) << "the rest is like it";
  EXPECT_EQ(usage_of(estimate, {7, 7, ""}).output, 7u) << "nothing was kept";
}

}  // namespace
}  // namespace gatehouse::limits
