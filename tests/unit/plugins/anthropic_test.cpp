// What goes out and what comes back, held against the files in golden/, and what is refused.
#include "codec_golden.h"

namespace gatehouse::testing {
namespace {

class AnthropicRequest : public ::testing::TestWithParam<const char*> {};
TEST_P(AnthropicRequest, IsTranslated) { expect_sent("anthropic", GetParam()); }
INSTANTIATE_TEST_SUITE_P(, AnthropicRequest,
                         ::testing::Values("tools", "image", "reasoning", "thinking", "turns", "results"));

class AnthropicStream : public ::testing::TestWithParam<const char*> {};
TEST_P(AnthropicStream, SaysTheSameAtEverySplit) { expect_streamed("anthropic", GetParam(), core::Framing::sse); }
INSTANTIATE_TEST_SUITE_P(, AnthropicStream, ::testing::Values("text", "tools", "overloaded", "nothing"));

class AnthropicWhole : public ::testing::TestWithParam<const char*> {};
TEST_P(AnthropicWhole, SaysWhatItHolds) { expect_whole("anthropic", GetParam()); }
INSTANTIATE_TEST_SUITE_P(, AnthropicWhole, ::testing::Values("tools", "refused", "nonsense", "failure"));

TEST(Anthropic, SpeaksTheNewerWire) {
  expect_sent("anthropic", "newer", R"({"version":"2026-10-21","max_tokens":12000})");
}

TEST(Anthropic, RefusesSamplingOnTheNewerWireUnlessToldToDropIt) {
  const std::string json = with_fields(R"("top_p":1)");
  EXPECT_EQ(request_refusal("anthropic", json), "");
  EXPECT_EQ(request_refusal("anthropic", json, R"({"version":"2026-10-21"})"),
            "'top_p' is not something this provider takes in version 2026-10-21 of its API; leave it out");
  EXPECT_EQ(request_refusal("anthropic", json, R"({"version":"2026-10-21","sampling":"drop"})"), "");
}

struct Case {
  std::string json;
  const char* says;
};
class AnthropicRefusal : public ::testing::TestWithParam<Case> {};
TEST_P(AnthropicRefusal, NamesTheField) { EXPECT_EQ(request_refusal("anthropic", GetParam().json), GetParam().says); }
INSTANTIATE_TEST_SUITE_P(
    Table, AnthropicRefusal,
    ::testing::Values(
        Case{with_fields(R"("n":2)"), "'n' must be 1: this provider gives one answer at a time"},
        Case{with_fields(R"("temperature":1.5)"), "'temperature' must be from 0 to 1 for this provider"},
        Case{with_fields(R"("presence_penalty":0.5)"), "'presence_penalty' is not something this provider can do"},
        Case{with_fields(R"("logprobs":true)"), "'logprobs' is not something this provider can do"},
        Case{with_fields(R"("brand_new":"x")"), "'brand_new' is not something this provider can do"},
        Case{with_fields(R"("response_format":{"type":"json_object"})"),
             "'response_format.type' must be json_schema: this provider has no JSON without a schema"},
        Case{with_fields(R"("reasoning_effort":"low","max_tokens":500)"),
             "'max_completion_tokens' must be more than 1024 where the model is to think"},
        Case{with_fields(R"("stop":["\n"])"), "'stop' must be more than white space for this provider"},
        Case{with_messages(R"({"role":"system","content":"x"})"),
             "'messages' must be more than system prompts and empty messages here"},
        Case{
            with_messages(
                R"({"role":"user","content":[{"type":"image_url","image_url":{"url":"data:image/bmp;base64,AAAA"}}]})"),
            "'messages[0].content[0].image_url.url' must be an image of type jpeg, png, gif or webp for this provider"},
        Case{with_messages(
                 R"({"role":"user","content":[{"type":"file","file":{"file_data":"data:text/csv;base64,AAAA"}}]})"),
             "'messages[0].content[0].file.file_data' must be a PDF for this provider"},
        Case{with_messages(
                 R"({"role":"user","content":[{"type":"input_audio","input_audio":{"data":"AAAA","format":"wav"}}]})"),
             "'messages[0].content[0].input_audio' is not something this provider takes"}));

TEST(Anthropic, PutsTheChoiceOfToolsInItsWords) {
  const auto sends = [](const std::string& fields, const std::string& choice) {
    const std::string body =
        body_of("anthropic", with_fields(R"("tools":[{"type":"function","function":{"name":"a"}}],)" + fields));
    EXPECT_NE(body.find(choice), std::string::npos) << body;
  };
  sends(R"("tool_choice":"auto")", R"("tool_choice":{"type":"auto"})");
  sends(R"("tool_choice":"none")", R"("tool_choice":{"type":"none"})");
  sends(R"("tool_choice":"required")", R"("tool_choice":{"type":"any"})");
  sends(R"("tool_choice":{"type":"function","function":{"name":"a"}})", R"("tool_choice":{"type":"tool","name":"a"})");
  sends(R"("parallel_tool_calls":false)", R"("tool_choice":{"type":"auto","disable_parallel_tool_use":true})");
  sends(R"("parallel_tool_calls":false,"tool_choice":"none")", R"("tool_choice":{"type":"none"})");
}

TEST(Anthropic, KnowsHowAnAnswerEnded) {
  for (const auto& [theirs, ours] :
       {std::pair("end_turn", "stop"), std::pair("stop_sequence", "stop"), std::pair("max_tokens", "length"),
        std::pair("model_context_window_exceeded", "length"), std::pair("tool_use", "tool_calls"),
        std::pair("refusal", "content_filter"), std::pair("pause_turn", "stop"), std::pair("brand_new", "stop")}) {
    const std::string said = events_of(
        "anthropic", R"({"content":[{"type":"text","text":"x"}],"stop_reason":")" + std::string(theirs) + "\"}");
    EXPECT_NE(said.find("finish[0] " + std::string(ours) + " own=" + theirs + "\n"), std::string::npos) << said;
  }
}

struct Refused {
  std::uint32_t status;
  const char* body;
  gh_status outcome;
  std::uint32_t http_status;
  const char* message;
};
class AnthropicError : public ::testing::TestWithParam<Refused> {};
TEST_P(AnthropicError, IsUnderstood) {
  PluginInstance plugin("anthropic");
  Exchange exchange(plugin, Request("the-model").user("hi"));
  const Outcome outcome = exchange.decode(GetParam().body, GetParam().status, true);
  EXPECT_EQ(outcome.status, GetParam().outcome);
  EXPECT_EQ(outcome.error.http_status, GetParam().http_status);
  EXPECT_EQ(outcome.message(), GetParam().message);
}
INSTANTIATE_TEST_SUITE_P(
    Table, AnthropicError,
    ::testing::Values(
        Refused{529, R"({"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}})", GH_ERETRY, 503,
                "the provider answered 529: Overloaded"},
        Refused{400, R"({"type":"error","error":{"type":"invalid_request_error","message":"prompt is too long"}})",
                GH_EINVAL, 400, "prompt is too long"},
        Refused{402, R"({"type":"error","error":{"type":"billing_error","message":"Pay"}})", GH_EUPSTREAM, 0,
                "the provider answered 402: the gateway's account there has no quota left; the operator should look "
                "at its billing"},
        Refused{429, R"({"type":"error","error":{"type":"rate_limit_error","message":"Slow"}})", GH_ERETRY, 429,
                "the provider answered 429: Slow"},
        Refused{
            401, R"({"type":"error","error":{"type":"authentication_error","message":"sk-secret"}})", GH_EUPSTREAM, 0,
            "the provider answered 401: it refuses the gateway; the operator should check this provider's api_key"}));

TEST(Anthropic, SendsTheKeyAsItsWireWants) {
  PluginInstance older("anthropic");
  PluginInstance newer("anthropic", R"({"version":"2026-10-21"})");
  const Request request = Request("m").user("hi");
  EXPECT_EQ(Exchange(older, request).encode("k").header("x-api-key"), "k");
  EXPECT_EQ(Exchange(older, request).encode("k").header("authorization"), "");
  EXPECT_EQ(Exchange(newer, request).encode("k").header("authorization"), "Bearer k");
  EXPECT_EQ(Exchange(newer, request).encode("k").header("x-api-key"), "");
}

}  // namespace
}  // namespace gatehouse::testing
