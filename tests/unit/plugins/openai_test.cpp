// What goes out and what comes back, held against the files in golden/.
#include "codec_exchange.h"

namespace gatehouse::testing {
namespace {

class OpenAiRequest : public ::testing::TestWithParam<bool> {};

TEST_P(OpenAiRequest, GoesOutAsItIs) {
  PluginInstance plugin("openai");
  const std::string json = read_file(golden("openai.request.json"));
  Exchange exchange(plugin, Request("gpt-4o-mini").json(json).stream(GetParam()));
  const Sent sent = exchange.encode("sk-test");
  ASSERT_EQ(sent.outcome.status, GH_OK);
  expect_golden(GetParam() ? "openai.stream.sent" : "openai.whole.sent", Exchange::describe(sent));
  EXPECT_EQ(sent.body, json);
  EXPECT_EQ(exchange.encode("sk-test").body, json) << "a retry must send the same";
  EXPECT_EQ(exchange.encode("").header("authorization"), "") << "no key, no header";
}

INSTANTIATE_TEST_SUITE_P(, OpenAiRequest, ::testing::Bool());

class OpenAiStream : public ::testing::TestWithParam<const char*> {};

// However the bytes are split on their way, the same is said.
TEST_P(OpenAiStream, SaysTheSameAtEverySplit) {
  PluginInstance plugin("openai");
  const std::string bytes = read_file(golden(std::string(GetParam()) + ".sse"));
  for (std::size_t split = 0; split <= bytes.size(); ++split) {
    Exchange exchange(plugin, Request("gpt-4o-mini").user("hi").stream());
    core::Framer framer(core::Framing::sse);
    const bool whole = framer.feed(std::string_view(bytes).substr(0, split), exchange).ok() &&
                       framer.feed(std::string_view(bytes).substr(split), exchange).ok() &&
                       framer.finish(exchange).ok();
    if (split == 0) {
      expect_golden(std::string(GetParam()) + ".events", exchange.transcript());
    } else {
      ASSERT_EQ(exchange.transcript(), read_file(golden(std::string(GetParam()) + ".events"))) << "split at " << split;
    }
    EXPECT_EQ(whole, exchange.transcript().find("failed:") == std::string::npos);
  }
}

INSTANTIATE_TEST_SUITE_P(, OpenAiStream,
                         ::testing::Values("openai.text", "openai.tools", "openai.choices", "openai.failure",
                                           "openai.nothing", "openai.reasoning", "openai.odd", "openai.error_event",
                                           "openai.error_object", "openai.refused"));

class OpenAiWhole : public ::testing::TestWithParam<const char*> {};

TEST_P(OpenAiWhole, SaysWhatItHolds) {
  PluginInstance plugin("openai");
  Exchange exchange(plugin, Request("gpt-4o-mini").user("hi"));
  core::Framer framer(core::Framing::body);
  EXPECT_TRUE(framer.feed(read_file(golden(std::string(GetParam()) + ".json")), exchange).ok());
  const bool whole = framer.finish(exchange).ok();
  EXPECT_EQ(whole, exchange.transcript().find("failed:") == std::string::npos);
  expect_golden(std::string(GetParam()) + ".events", exchange.transcript());
}

INSTANTIATE_TEST_SUITE_P(, OpenAiWhole,
                         ::testing::Values("openai.whole_text", "openai.whole_tools", "openai.whole_failure",
                                           "openai.whole_without_choices", "openai.whole_refused"));

struct Refusal {
  std::uint32_t status;
  const char* body;
  gh_status outcome;
  std::uint32_t http_status;
  const char* code;
  const char* message;
};

constexpr const char* kTooLong =
    R"({"error":{"message":"Too long","type":"invalid_request_error","param":"messages","code":"context_length_exceeded"}})";

class OpenAiRefusal : public ::testing::TestWithParam<Refusal> {};

TEST_P(OpenAiRefusal, IsUnderstood) {
  PluginInstance plugin("openai");
  for (const bool stream : {false, true}) {
    Exchange exchange(plugin, Request("gpt-4o-mini").user("hi").stream(stream));
    const Outcome outcome = exchange.decode(GetParam().body, GetParam().status, true);
    EXPECT_EQ(outcome.status, GetParam().outcome);
    EXPECT_EQ(outcome.error.http_status, GetParam().http_status);
    EXPECT_STREQ(outcome.error.code, GetParam().code);
    EXPECT_STREQ(outcome.error.param, GetParam().body == kTooLong ? "messages" : "");
    EXPECT_EQ(outcome.message(), GetParam().message);
    EXPECT_EQ(exchange.transcript(), "");
  }
}

constexpr const char* kKey =
    R"({"error":{"message":"Incorrect API key provided: sk-secret","code":"invalid_api_key"}})";
constexpr const char* kCheckKey = ": it refuses the gateway; the operator should check this provider's api_key";

INSTANTIATE_TEST_SUITE_P(
    Table, OpenAiRefusal,
    ::testing::Values(
        Refusal{400, kTooLong, GH_EINVAL, 400, "context_length_exceeded", "Too long"},
        Refusal{413, R"({"error":"Body too large"})", GH_EINVAL, 413, "", "Body too large"},
        Refusal{422, R"({"detail":"No such field"})", GH_EINVAL, 422, "", "No such field"},
        Refusal{400, R"([{"error":{"code":400,"message":"Bad part"}}])", GH_EINVAL, 400, "", "Bad part"},
        Refusal{400, "{}", GH_EINVAL, 400, "", "the provider answered 400 and gave no reason"},
        Refusal{400, "[]", GH_EINVAL, 400, "", "the provider answered 400 and gave no reason"},
        Refusal{404, R"({"error":{"message":"No model","code":"model_not_found"}})", GH_EUPSTREAM, 0, "model_not_found",
                "the provider answered 404: No model (its model was 'gpt-4o-mini')"},
        Refusal{429, R"({"error":{"message":"Slow down","code":"rate_limit_exceeded"}})", GH_ERETRY, 429,
                "rate_limit_exceeded", "the provider answered 429: Slow down"},
        Refusal{408, R"({"message":"Timed out"})", GH_ERETRY, 0, "", "the provider answered 408: Timed out"},
        Refusal{409, R"({"error":{"message":"Again"}})", GH_ERETRY, 0, "", "the provider answered 409: Again"},
        Refusal{500, R"({"error":{"message":"Oops","code":null}})", GH_ERETRY, 0, "",
                "the provider answered 500: Oops"},
        Refusal{503, "<html>busy</html>", GH_ERETRY, 0, "",
                "the provider answered 503 with something that is not JSON; the operator should check its base_url"},
        Refusal{402, R"({"error":{"message":"Pay"}})", GH_EUPSTREAM, 0, "provider_quota_exceeded",
                "the provider answered 402: the gateway's account there has no quota left; the operator should look "
                "at its billing"},
        Refusal{301, "", GH_EUPSTREAM, 0, "",
                "the provider answered 301 with something that is not JSON; the operator should check its base_url"}));

TEST(OpenAi, NeverPassesOnWhatARefusalOfTheKeySays) {
  PluginInstance plugin("openai");
  for (const std::uint32_t status : {401u, 403u}) {
    Exchange exchange(plugin, Request("gpt-4o-mini").user("hi"));
    const Outcome outcome = exchange.decode(kKey, status, true);
    EXPECT_EQ(outcome.status, GH_EUPSTREAM);
    EXPECT_STREQ(outcome.error.code, "");
    EXPECT_EQ(outcome.message(), "the provider answered " + std::to_string(status) + kCheckKey);
  }
}

TEST(OpenAi, StopsWhenTheCallerLeaves) {
  PluginInstance plugin("openai");
  Exchange exchange(plugin, Request("gpt-4o-mini").user("hi").stream());
  exchange.events().leave_after(1);
  const char* chunk = R"({"choices":[{"index":0,"delta":{"content":"a"},"finish_reason":"stop"}]})";
  EXPECT_EQ(exchange.decode(chunk, 200, false).status, GH_ECANCELLED);
  EXPECT_EQ(exchange.events().all().size(), 1u);
}

constexpr const char* kExtended =
    R"({"model":"m","thinking":{"type":"enabled","budget_tokens":2000},"tools":[{"type":"function","cache_control":{}}],)"
    R"("messages":[{"role":"user","content":[{"type":"text","text":"is_error","cache_control":{"type":"ephemeral"}}]},)"
    R"({"role":"assistant","content":"x","reasoning_details":[]},{"role":"tool","content":"y","is_error":true}]})";

TEST(OpenAi, LeavesOutWhatOpenAiRefuses) {
  PluginInstance plugin("openai");
  Exchange exchange(plugin, Request("m").json(kExtended));
  EXPECT_EQ(exchange.encode("").body, R"({"model":"m","tools":[{"type":"function"}],)"
                                      R"("messages":[{"role":"user","content":[{"type":"text","text":"is_error"}]},)"
                                      R"({"role":"assistant","content":"x"},{"role":"tool","content":"y"}]})");
}

TEST(OpenAi, KeepsItForServersThatKnowIt) {
  PluginInstance plugin("openai", R"({"extensions":"keep"})");
  EXPECT_EQ(Exchange(plugin, Request("m").json(kExtended)).encode("").body, kExtended);
}

TEST(OpenAi, AsksAzureAsAzureWantsIt) {
  PluginInstance plugin("openai", R"({"azure":"2024-10-21"})");
  const Sent sent = Exchange(plugin, Request("my deployment").user("hi")).encode("sk-test");
  EXPECT_EQ(sent.url, "https://api.example/v1/deployments/my%20deployment/chat/completions?api-version=2024-10-21");
  EXPECT_EQ(sent.header("api-key"), "sk-test");
  EXPECT_EQ(sent.header("authorization"), "");
}

TEST(OpenAi, RefusesConfigurationItDoesNotKnow) {
  EXPECT_EQ(refusal("openai", R"({"base_url":"x"})"),
            "config.base_url is not a known key; the known ones are extensions, azure");
}

}  // namespace
}  // namespace gatehouse::testing
