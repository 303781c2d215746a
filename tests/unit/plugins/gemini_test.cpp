// What goes out and what comes back, held against the files in golden/, and what is refused.
#include "codec_golden.h"

namespace gatehouse::testing {
namespace {

class GeminiRequest : public ::testing::TestWithParam<const char*> {};
TEST_P(GeminiRequest, IsTranslated) { expect_sent("gemini", GetParam()); }
INSTANTIATE_TEST_SUITE_P(, GeminiRequest, ::testing::Values("tools", "image", "reasoning", "audio"));

class GeminiStream : public ::testing::TestWithParam<const char*> {};
TEST_P(GeminiStream, SaysTheSameAtEverySplit) { expect_streamed("gemini", GetParam(), core::Framing::sse); }
INSTANTIATE_TEST_SUITE_P(, GeminiStream, ::testing::Values("text", "tools", "blocked", "failure"));

class GeminiWhole : public ::testing::TestWithParam<const char*> {};
TEST_P(GeminiWhole, SaysWhatItHolds) { expect_whole("gemini", GetParam()); }
INSTANTIATE_TEST_SUITE_P(, GeminiWhole, ::testing::Values("choices", "malformed", "nonsense"));

TEST(Gemini, RefusesByName) {
  EXPECT_EQ(request_refusal("gemini", with_fields(R"("logit_bias":{"1":2})")),
            "'logit_bias' is not something this provider can do");
  EXPECT_EQ(
      request_refusal(
          "gemini",
          with_messages(R"({"role":"user","content":[{"type":"image_url","image_url":{"url":"https://a/b.png"}}]})")),
      "'messages[0].content[0].image_url.url' must be a data URL for this provider, which does not fetch what "
      "others host");
  EXPECT_EQ(request_refusal(
                "gemini",
                with_fields(R"("parallel_tool_calls":false,"tools":[{"type":"function","function":{"name":"a"}}])")),
            "'parallel_tool_calls' must be true: this provider cannot be kept to one call at a time");
}

TEST(Gemini, KnowsARefusedKeyAndWhenToComeBack) {
  PluginInstance plugin("gemini");
  Exchange exchange(plugin, Request("the-model").user("hi"));
  const Outcome key = exchange.decode(
      R"({"error":{"code":400,"message":"API key not valid: AIza","status":"INVALID_ARGUMENT","details":[{"reason":"API_KEY_INVALID"}]}})",
      400, true);
  EXPECT_EQ(key.status, GH_EUPSTREAM);
  EXPECT_EQ(key.message(),
            "the provider answered 400: it refuses the gateway; the operator should check this provider's api_key");
  const Outcome busy = exchange.decode(
      R"({"error":{"code":429,"message":"Quota","status":"RESOURCE_EXHAUSTED","details":[{"@type":"x"},{"retryDelay":"13.5s"}]}})",
      429, true);
  EXPECT_EQ(busy.status, GH_ERETRY);
  EXPECT_EQ(busy.error.http_status, 429u);
  EXPECT_EQ(busy.error.retry_after_ms, 13500u);
}

}  // namespace
}  // namespace gatehouse::testing
