// What each wire says when it refuses a request for its length or its content, and that nothing else counts as that.
#include "codec_exchange.h"

namespace gatehouse::testing {
namespace {

constexpr std::uint32_t kLength = GH_ERROR_CONTEXT_LENGTH | GH_ERROR_REFUSED;
constexpr std::uint32_t kFilter = GH_ERROR_CONTENT_FILTER | GH_ERROR_REFUSED;

struct Said {
  const char* plugin;
  std::uint32_t status;
  const char* body;
  std::uint32_t flags;
  const char* code;  // that the caller is told
};

class RefusalWords : public ::testing::TestWithParam<Said> {};

TEST_P(RefusalWords, AreKnown) {
  const Said& said = GetParam();
  PluginInstance plugin(said.plugin);
  Exchange exchange(plugin, Request("the-model").user("hi"));
  const Outcome outcome = exchange.decode(said.body, said.status, true);
  EXPECT_EQ(outcome.status, GH_EINVAL) << outcome.message();
  EXPECT_EQ(outcome.error.flags, said.flags);
  EXPECT_EQ(outcome.error.http_status, said.status == 413 || said.status == 422 ? said.status : 400u);
  EXPECT_STREQ(outcome.error.code, said.code);
  EXPECT_EQ(exchange.transcript(), "");
}

INSTANTIATE_TEST_SUITE_P(
    OfOpenAi, RefusalWords,
    ::testing::Values(
        Said{"openai", 400, R"({"error":{"message":"Too long","code":"context_length_exceeded"}})", kLength,
             "context_length_exceeded"},
        Said{"openai", 400, R"({"error":{"message":"This model's maximum context length is 8192 tokens.","code":400}})",
             kLength, "context_length_exceeded"},
        Said{"openai", 422, R"({"detail":"Your input EXCEEDS the context window of this model"})", kLength,
             "context_length_exceeded"},
        Said{"openai", 413, R"({"object":"error","message":"maximum context length","code":40303})", kLength,
             "context_length_exceeded"},
        Said{"openai", 400,
             R"({"error":{"code":400,"message":"request of 9 tokens","type":"exceed_context_size_error"}})", kLength,
             "context_length_exceeded"},
        Said{"openai", 500, R"({"error":{"message":"the request exceeds the available context size"}})", kLength,
             "context_length_exceeded"},
        Said{"openai", 200, R"({"error":{"message":"Too long","code":"context_length_exceeded"}})", kLength,
             "context_length_exceeded"},
        Said{"openai", 400, R"({"error":{"message":"The response was filtered","code":"content_filter"}})", kFilter,
             "content_filter"},
        Said{"openai", 400,
             R"({"error":{"code":null,"message":"No","innererror":{"code":"ResponsibleAIPolicyViolation"}}})", kFilter,
             "content_filter"},
        Said{"openai", 400, R"({"error":{"message":"triggering Azure OpenAI's content management policy"}})", kFilter,
             "content_filter"},
        Said{"openai", 400,
             R"({"error":{"message":"Your prompt was flagged as potentially violating","code":"invalid_prompt"}})",
             kFilter, "invalid_prompt"}));

INSTANTIATE_TEST_SUITE_P(
    OfOthers, RefusalWords,
    ::testing::Values(
        Said{"anthropic", 400,
             R"({"type":"error","error":{"type":"invalid_request_error","message":"prompt is too long: 9 tokens > 8"}})",
             kLength, "context_length_exceeded"},
        Said{"anthropic", 400,
             R"({"error":{"type":"invalid_request_error","message":"input length and `max_tokens` exceed context limit: 9"}})",
             kLength, "context_length_exceeded"},
        Said{"anthropic", 400,
             R"({"error":{"type":"invalid_request_error","message":"Output blocked by content filtering policy"}})",
             kFilter, "content_filter"},
        Said{"anthropic", 200,
             R"({"type":"error","error":{"type":"invalid_request_error","message":"Prompt is too long"}})", kLength,
             "context_length_exceeded"},
        Said{"gemini", 400,
             R"({"error":{"code":400,"message":"The input token count (9) exceeds the maximum number of tokens allowed (8)."}})",
             kLength, "context_length_exceeded"},
        Said{"gemini", 200,
             R"({"error":{"code":400,"message":"The input token count exceeds the maximum number of tokens allowed 8."}})",
             kLength, "context_length_exceeded"},
        Said{"ollama", 400, R"({"error":"the input length exceeds the context length"})", kLength,
             "context_length_exceeded"},
        Said{"ollama", 500, R"({"error":"prompt exceeds context"})", kLength, "context_length_exceeded"},
        Said{"ollama", 200, R"({"error":"prompt exceeds context"})", kLength, "context_length_exceeded"}));

TEST(RefusalWords, NothingElseIsTakenForThem) {
  for (const Said& said : std::initializer_list<Said>{
           {"openai", 400, R"({"error":{"message":"max_tokens is too large: 5000","code":"invalid_value"}})", 0, ""},
           {"openai", 400, R"({"error":{"message":"The name content_filter is taken"}})", 0, ""},
           {"openai", 413, R"({"error":{"message":"Request too large","code":"rate_limit_exceeded"}})", 0, ""},
           {"openai", 413, "<html>too large</html>", 0, ""},
           {"openai", 401, R"({"error":{"message":"maximum context length","code":"context_length_exceeded"}})", 0, ""},
           {"openai", 429, R"({"error":{"message":"maximum context length"}})", 0, ""},
           {"openai", 503, R"({"error":{"message":"maximum context length"}})", 0, ""},
           {"openai", 402, R"({"error":{"message":"maximum context length"}})", 0, ""},
           {"anthropic", 413, R"({"error":{"type":"request_too_large","message":"Request exceeds 32 MB"}})", 0, ""},
           {"gemini", 400, R"({"error":{"code":400,"message":"Invalid value"}})", 0, ""},
           {"ollama", 400, R"({"error":"invalid model name"})", 0, ""},
       }) {
    PluginInstance plugin(said.plugin);
    Exchange exchange(plugin, Request("the-model").user("hi"));
    const Outcome outcome = exchange.decode(said.body, said.status, true);
    EXPECT_NE(outcome.status, GH_OK);
    EXPECT_EQ(outcome.error.flags, 0u) << said.plugin << said.status << said.body;
  }
}

// Gemini and Anthropic say it in an answer: that is an answer with that end, and no error.
TEST(RefusalWords, AnAnswerThatAFilterKeptBackIsAnAnswer) {
  for (const auto& [name, body, own] : {
           std::tuple("gemini", R"({"promptFeedback":{"blockReason":"SAFETY"}})", "SAFETY"),
           std::tuple("gemini", R"({"candidates":[{"finishReason":"PROHIBITED_CONTENT"}]})", "PROHIBITED_CONTENT"),
           std::tuple("anthropic", R"({"type":"message","content":[],"stop_reason":"refusal"})", "refusal"),
       }) {
    PluginInstance plugin(name);
    Exchange exchange(plugin, Request("the-model").user("hi"));
    EXPECT_EQ(exchange.decode(body, 200, true).status, GH_OK);
    EXPECT_EQ(exchange.transcript(), "  finish[0] content_filter own=" + std::string(own) + "\n");
  }
}

}  // namespace
}  // namespace gatehouse::testing
