#include "limits/estimate.h"

#include <gtest/gtest.h>

#include <string>

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

TEST(Estimate, UsageOfWhatWasNotCounted) {
  const core::Usage whole = usage_of(estimate_of(with("")), 33, 1);
  EXPECT_EQ(whole.input, 5u);
  EXPECT_EQ(whole.output, 10u);
  EXPECT_FALSE(whole.reported);
  EXPECT_EQ(usage_of(estimate_of(with("")), 33, 7).output, 7u) << "a provider that streams token by token has counted";
  EXPECT_EQ(usage_of(estimate_of(with("")), 0, 0).output, 0u);
}

}  // namespace
}  // namespace gatehouse::limits
