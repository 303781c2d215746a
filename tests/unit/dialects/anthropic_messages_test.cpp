#include "dialects/anthropic_messages.h"

#include <gtest/gtest.h>

#include "dialects/reasoning_seal.h"

namespace gatehouse::dialects {
namespace {

using core::Event;

const core::ChatRequest& asked() {
  static const auto request =
      core::ChatRequest::parse(core::PaddedBytes(R"({"model":"m","messages":[{"role":"user","content":"x"}]})"));
  return *request;
}

const AnswerHead kHead{"gw-req-1", "default-chat", "remote", "claude", 7, "caller-1"};

// The chat request that a body is read as, or why it is not.
std::string read(const std::string& body) {
  const core::Result<Question> question = AnthropicMessages().read(core::PaddedBytes(body));
  if (question.ok()) return std::string(question->request.json());
  return question.status().failure().param + ": " + std::string(question.status().message());
}

std::string with_messages(const std::string& messages, const std::string& more = "") {
  return R"({"model":"m","max_tokens":5,"messages":[)" + messages + "]" + more + "}";
}

std::string messages_of(const std::string& messages) {
  const std::string json = read(with_messages(messages));
  const std::string begin = R"({"model":"m","messages":[)", end = R"(],"max_completion_tokens":5})";
  EXPECT_TRUE(json.starts_with(begin) && json.ends_with(end)) << json;
  return json.substr(begin.size(), json.size() - begin.size() - end.size());
}

TEST(AnthropicMessages, ReadsAToolLoop) {
  EXPECT_EQ(messages_of(R"({"role":"assistant","content":[{"type":"thinking","thinking":"hm","signature":"sig"},)"
                        R"({"type":"redacted_thinking","data":"xx"},{"type":"text","text":"a","citations":null},)"
                        R"({"type":"tool_use","id":"t1","name":"f","input":{"a":[1]}}]},)"
                        R"({"role":"user","content":[{"type":"tool_result","tool_use_id":"t1","is_error":true,)"
                        R"("content":[{"type":"text","text":"no"}]},{"type":"text","text":"go on"}]})"),
            R"({"role":"assistant","content":[{"type":"text","text":"a"}],"reasoning_details":[)"
            R"({"type":"reasoning.text","index":0,"format":"anthropic-claude-v1","text":"hm","signature":"sig"},)"
            R"({"type":"reasoning.encrypted","index":1,"format":"anthropic-claude-v1","data":"xx"}],)"
            R"("tool_calls":[{"id":"t1","type":"function","function":{"name":"f","arguments":"{\"a\":[1]}"}}]},)"
            R"({"role":"tool","tool_call_id":"t1","content":[{"type":"text","text":"no"}],"is_error":true},)"
            R"({"role":"user","content":[{"type":"text","text":"go on"}]})");
}

TEST(AnthropicMessages, ReadsTheOtherFields) {
  const std::string json = read(with_messages(
      R"({"role":"user","content":"hi"})",
      R"(,"system":"s","stop_sequences":["x"],"stream":true,"top_k":3,"metadata":{"user_id":"u"},)"
      R"("thinking":{"type":"enabled","budget_tokens":9000},"tool_choice":{"type":"any","disable_parallel_tool_use":true},)"
      R"("output_config":{"format":{"type":"json_schema","schema":{}}},)"
      R"("tools":[{"name":"f","description":"d","input_schema":{"type":"object"},"cache_control":{"type":"ephemeral"}}])"));
  EXPECT_EQ(json,
            R"({"model":"m","messages":[{"role":"system","content":"s"},{"role":"user","content":"hi"}],)"
            R"("max_completion_tokens":5,"stream":true,"top_k":3,"stop":["x"],"tools":[{"type":"function",)"
            R"("function":{"name":"f","description":"d","parameters":{"type":"object"}},)"
            R"("cache_control":{"type":"ephemeral"}}],"tool_choice":"required","parallel_tool_calls":false,)"
            R"("response_format":{"type":"json_schema","json_schema":{"name":"output","strict":true,"schema":{}}},)"
            R"("thinking":{"type":"enabled","budget_tokens":9000},"reasoning_effort":"high","user":"u"})");
}

TEST(AnthropicMessages, NamesWhatItCannotCarry) {
  EXPECT_EQ(read(R"({"model":"m","messages":[]})"), "max_tokens: 'max_tokens' is required");
  EXPECT_EQ(read("[]"), ": The request body must be a JSON object");
  EXPECT_EQ(read(with_messages(R"({"role":"user","content":[{"type":"tool_use","id":"t","name":"f","input":{}}]})")),
            "messages[0].content[0].type: 'messages[0].content[0].type' is a kind of content that cannot be carried to "
            "a provider");
  EXPECT_EQ(read(with_messages(R"({"role":"user","content":"x"})", R"(,"container":"c")")),
            "container: 'container' is not something this gateway can carry to a provider");
  EXPECT_EQ(
      read(with_messages(R"({"role":"assistant","content":[{"type":"tool_use","id":"t","name":"f","input":"x"}]})")),
      "messages[0].content[0].input: 'messages[0].content[0].input' must be an object");
}

Event event(Event::Kind kind, std::string_view text, std::uint32_t index = 0) {
  Event made;
  made.kind = kind;
  made.text = text;
  made.index = index;
  return made;
}

Event call(std::uint32_t index, std::string_view id, std::string_view arguments) {
  Event made = event(Event::Kind::tool_call, arguments, index);
  made.id = id;
  if (!id.empty()) made.name = "f";
  return made;
}

std::unique_ptr<StreamEncoder> encoder() {
  auto request =
      core::ChatRequest::parse(core::PaddedBytes(R"({"model":"m","messages":[{"role":"user","content":"x"}]})"));
  return AnthropicMessages().stream(kHead, *request);
}

TEST(AnthropicMessages, EndsABlockBeforeTheNextBegins) {
  const auto stream = encoder();
  const Event events[] = {event(Event::Kind::text, "a"), call(0, "t1", "{"), call(0, {}, "}"), call(1, "t2", "{}"),
                          event(Event::Kind::finish, "tool_calls")};
  std::string out;
  ASSERT_TRUE(stream->chunk({events, {}}, out).ok());
  stream->end({20, 5, 8, 4, 2, true}, out);
  const auto places = [&](std::string_view what) {
    std::size_t count = 0;
    for (std::size_t at = out.find(what); at != out.npos; at = out.find(what, at + 1)) ++count;
    return count;
  };
  EXPECT_EQ(places("event: content_block_start\n"), 3u);
  EXPECT_EQ(places("event: content_block_stop\n"), 3u);
  EXPECT_NE(out.find(R"({"type":"content_block_stop","index":0})"
                     "\n\nevent: content_block_start\n"
                     R"(data: {"type":"content_block_start","index":1,"content_block":{"type":"tool_use","id":"t1")"),
            out.npos);
  EXPECT_TRUE(out.ends_with(
      "event: message_delta\n"
      R"(data: {"type":"message_delta","delta":{"stop_reason":"tool_use","stop_sequence":null},"usage":{"input_tokens":8,)"
      R"("cache_creation_input_tokens":4,"cache_read_input_tokens":8,"output_tokens":5,)"
      R"("output_tokens_details":{"thinking_tokens":2}}})"
      "\n\nevent: message_stop\ndata: {\"type\":\"message_stop\"}\n\n"))
      << out;
}

TEST(AnthropicMessages, CannotGoBackToAToolCallThatHasEnded) {
  const auto stream = encoder();
  const Event events[] = {call(0, "t1", "{"), call(1, "t2", "{}"), call(0, {}, "}")};
  std::string out;
  EXPECT_EQ(stream->chunk({events, {}}, out).code(), core::Code::upstream_failed);
}

TEST(AnthropicMessages, AMalformedToolCallIsAnErrorAndNoEmptyObject) {
  core::Reply reply;
  reply.choices[0].tool_calls = {{"t1", "f", "{\"a\":"}};
  std::string out;
  EXPECT_EQ(AnthropicMessages().whole(kHead, asked(), reply, out).code(), core::Code::upstream_failed);
}

TEST(AnthropicMessages, KeepsItsOwnStopReasons) {
  core::Reply reply;
  reply.choices[0] = {"x", {}, {}, "stop", "pause_turn", ""};
  std::string out;
  ASSERT_TRUE(AnthropicMessages().whole(kHead, asked(), reply, out).ok());
  EXPECT_NE(out.find(R"("stop_reason":"pause_turn","stop_sequence":null)"), out.npos) << out;
}

TEST(AnthropicMessages, SaysOverloadedAsAnthropicDoes) {
  core::Status busy(core::Code::overloaded, "full");
  std::string out;
  AnthropicMessages().error(busy, "caller-1", out);
  EXPECT_EQ(AnthropicMessages().http_status(busy), 529);
  EXPECT_EQ(out, R"({"type":"error","error":{"type":"overloaded_error","message":"full"},"request_id":"caller-1"})");
}

TEST(ReasoningSeal, ComesBackAsItWas) {
  const Seal seal{"google-gemini-v1", "functions.f:0", "da:ta==", false};
  const std::string text = wrap(seal);
  const std::optional<Seal> back = unwrap(text);
  ASSERT_TRUE(back.has_value());
  EXPECT_EQ(back->format, seal.format);
  EXPECT_EQ(back->tool_call, seal.tool_call);
  EXPECT_EQ(back->data, seal.data);
  EXPECT_FALSE(back->words);
  for (const char* foreign :
       {"", "EqQBCkYIARgCKkD=", "gatehouse:", "gatehouse:x:w:9:abc", "gatehouse:x:q:0:", "gatehouse:x:w:-1:"}) {
    EXPECT_FALSE(unwrap(foreign).has_value()) << foreign;
  }
}

}  // namespace
}  // namespace gatehouse::dialects
