// What goes out and what comes back, held against the files in golden/, and what is refused.
#include "codec_golden.h"

namespace gatehouse::testing {
namespace {

class GeminiRequest : public ::testing::TestWithParam<const char*> {};
TEST_P(GeminiRequest, IsTranslated) { expect_sent("gemini", GetParam()); }
INSTANTIATE_TEST_SUITE_P(, GeminiRequest, ::testing::Values("tools", "image", "reasoning", "audio", "turns"));

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

TEST(Gemini, TakesNoPicturesFromTools) {
  EXPECT_EQ(request_refusal("gemini", read_file(golden("anthropic.results.request.json"))),
            "'messages[2].content[1].image_url.url' must be text: this provider takes no other tool results");
}

TEST(Gemini, PutsTheChoiceOfToolsInItsWords) {
  const auto sends = [](const std::string& fields, const std::string& choice) {
    const std::string body =
        body_of("gemini", with_fields(R"("tools":[{"type":"function","function":{"name":"a"}}],)" + fields));
    EXPECT_NE(body.find(R"("functionCallingConfig":)" + choice), std::string::npos) << body;
  };
  sends(R"("tool_choice":"auto")", R"({"mode":"AUTO"})");
  sends(R"("tool_choice":"none")", R"({"mode":"NONE"})");
  sends(R"("tool_choice":"required")", R"({"mode":"ANY"})");
  sends(R"("tool_choice":{"type":"function","function":{"name":"a"}})",
        R"({"mode":"ANY","allowedFunctionNames":["a"]})");
}

TEST(Gemini, KnowsHowAnAnswerEnded) {
  for (const auto& [theirs, ours] :
       {std::pair("STOP", "stop"), std::pair("MAX_TOKENS", "length"), std::pair("SAFETY", "content_filter"),
        std::pair("RECITATION", "content_filter"), std::pair("BLOCKLIST", "content_filter"),
        std::pair("PROHIBITED_CONTENT", "content_filter"), std::pair("SPII", "content_filter"),
        std::pair("OTHER", "stop"), std::pair("BRAND_NEW", "stop")}) {
    const std::string said =
        events_of("gemini", R"({"candidates":[{"content":{"parts":[{"text":"x"}]},"finishReason":")" +
                                std::string(theirs) + "\"}]}");
    EXPECT_NE(said.find("finish[0] " + std::string(ours) + " own=" + theirs + "\n"), std::string::npos) << said;
  }
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
