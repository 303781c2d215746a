#include "dialects/openai_responses.h"

#include <gtest/gtest.h>

namespace gatehouse::dialects {
namespace {

using core::Event;

const AnswerHead kHead{"1", "default-chat", "remote", "gpt", 7, ""};

std::string read(const std::string& fields) {
  const core::Result<Question> question = OpenAiResponses().read(core::PaddedBytes(R"({"model":"m",)" + fields + "}"));
  if (question.ok()) return std::string(question->request.json());
  const core::Status status = question.status();
  const core::Failure& failure = status.failure();
  return failure.param + " " + failure.reason + ": " + failure.message;
}

TEST(OpenAiResponses, ReadsOneTurnOfSeveralItemsAsOneMessage) {
  EXPECT_EQ(read(R"("instructions":"s","input":[{"role":"user","content":[{"type":"input_text","text":"hi"}]},)"
                 R"({"type":"reasoning","id":"rs_1","summary":[{"type":"summary_text","text":"hm"}],)"
                 R"("encrypted_content":"gatehouse:anthropic-claude-v1:w:0:sig"},)"
                 R"({"type":"message","role":"assistant","content":[{"type":"output_text","text":"a"}]},)"
                 R"({"type":"function_call","call_id":"c1","name":"f","arguments":"{}"},)"
                 R"({"type":"function_call_output","call_id":"c1","output":"4"}])"),
            R"({"model":"m","messages":[{"role":"system","content":"s"},)"
            R"({"role":"user","content":[{"type":"text","text":"hi"}]},)"
            R"({"role":"assistant","content":[{"type":"text","text":"a"}],"reasoning_details":[)"
            R"({"type":"reasoning.text","index":0,"format":"anthropic-claude-v1","text":"hm","signature":"sig"}],)"
            R"("tool_calls":[{"id":"c1","type":"function","function":{"name":"f","arguments":"{}"}}]},)"
            R"({"role":"tool","tool_call_id":"c1","content":"4"}]})");
}

TEST(OpenAiResponses, ReadsTheOtherFields) {
  EXPECT_EQ(
      read(R"("input":"hi","max_output_tokens":9,"stream":true,"reasoning":{"effort":"low","summary":"auto"},)"
           R"("text":{"format":{"type":"json_schema","name":"n","schema":{},"strict":true},"verbosity":"low"},)"
           R"("tools":[{"type":"function","name":"f","parameters":{},"strict":false}],)"
           R"("tool_choice":{"type":"function","name":"f"},"store":false,"include":["reasoning.encrypted_content"])"),
      R"({"model":"m","messages":[{"role":"user","content":"hi"}],"max_completion_tokens":9,"stream":true,)"
      R"("tools":[{"type":"function","function":{"name":"f","parameters":{},"strict":false}}],)"
      R"("tool_choice":{"type":"function","function":{"name":"f"}},"verbosity":"low",)"
      R"("response_format":{"type":"json_schema","json_schema":{"name":"n","schema":{},"strict":true}},)"
      R"("reasoning_effort":"low"})");
}

TEST(OpenAiResponses, RefusesStoredStateByName) {
  for (const char* fields :
       {R"("input":"x","previous_response_id":"r")", R"("input":"x","conversation":"c")", R"("input":"x","store":true)",
        R"("input":"x","background":true)", R"("input":"x","prompt":{})"}) {
    EXPECT_NE(read(fields).find(" unsupported_parameter: '"), std::string::npos) << read(fields);
  }
  EXPECT_EQ(read(R"("input":[{"type":"item_reference","id":"x"}])"),
            "input[0].type unsupported_parameter: 'input[0].type' names a stored item: send the item itself");
  EXPECT_EQ(read(R"("input":"x","truncation":"auto")"),
            "truncation unsupported_parameter: 'truncation' must be disabled: this gateway leaves nothing out");
}

std::string stream(std::span<const Event> events, bool fails = false) {
  auto request =
      core::ChatRequest::parse(core::PaddedBytes(R"({"model":"m","messages":[{"role":"user","content":"x"}]})"));
  const auto encoder = OpenAiResponses().stream(kHead, *request);
  std::string out;
  EXPECT_TRUE(encoder->chunk({events, {}}, out).ok());
  if (fails)
    encoder->error({core::Code::upstream_failed, "cut"}, out);
  else
    encoder->end({20, 5, 8, 0, 0, true}, out);
  return out;
}

std::string names(const std::string& stream) {
  std::string found;
  for (std::size_t at = stream.find("event: "); at != stream.npos; at = stream.find("event: ", at + 1)) {
    found += stream.substr(at + 16, stream.find('\n', at) - at - 16) + " ";
  }
  return found;
}

TEST(OpenAiResponses, KeepsTheOrderOfEvents) {
  const Event events[] = {{Event::Kind::reasoning, 0, 0, "hm", "", "x", {}},
                          {Event::Kind::text, 0, 0, "a", {}, {}, {}},
                          {Event::Kind::tool_call, 0, 0, "{}", "c1", "f", {}},
                          {Event::Kind::finish, 0, 0, "length", {}, {}, {}}};
  const std::string out = stream(events);
  EXPECT_EQ(
      names(out),
      "created in_progress output_item.added reasoning_summary_part.added reasoning_summary_text.delta "
      "reasoning_summary_text.done reasoning_summary_part.done output_item.done "
      "output_item.added content_part.added output_text.delta output_text.done content_part.done output_item.done "
      "output_item.added function_call_arguments.delta function_call_arguments.done output_item.done incomplete ");
  EXPECT_NE(out.find(R"("incomplete_details":{"reason":"max_output_tokens"})"), out.npos);
  EXPECT_NE(out.find(R"("encrypted_content":"gatehouse:x:w:0:")"), out.npos);
}

TEST(OpenAiResponses, AFailureEndsTheStreamAsFailed) {
  const Event events[] = {{Event::Kind::text, 0, 0, "a", {}, {}, {}}};
  const std::string out = stream(events, true);
  EXPECT_TRUE(names(out).ends_with("output_text.delta failed ")) << names(out);
  EXPECT_NE(
      out.find(R"("sequence_number":5,"response":{"id":"resp_1","object":"response","created_at":7,"status":"failed")"),
      out.npos)
      << out;
}

}  // namespace
}  // namespace gatehouse::dialects
