#include "dialects/openai_chat.h"

#include <gtest/gtest.h>

namespace gatehouse::dialects {
namespace {

using core::Event;

const AnswerHead kHead{"gw-req-1", "default-chat", "local", "echo", 7};

std::string stream(bool include_usage, const std::vector<core::Chunk>& chunks) {
  const std::string options = include_usage ? R"(,"stream_options":{"include_usage":true})" : "";
  auto request = core::ChatRequest::parse(
      core::PaddedBytes(R"({"model":"m","messages":[{"role":"user","content":"x"}],"stream":true)" + options + "}"));
  const auto encoder = OpenAiChat().stream(kHead, *request);
  std::string out;
  for (const core::Chunk& chunk : chunks) EXPECT_TRUE(encoder->chunk(chunk, out).ok());
  encoder->end({3, 4, 0, 0, 0, true}, out);
  return out;
}

Event event(Event::Kind kind, std::string_view text) {
  Event made;
  made.kind = kind;
  made.text = text;
  return made;
}

TEST(OpenAiChat, AChunkInItsOwnShapePassesOnLessTheUsageNobodyAskedFor) {
  const Event text = event(Event::Kind::text, "x");
  const Event usage = event(Event::Kind::usage, {});
  const std::string_view with_null = R"({"choices":[{"delta":{"content":",\"usage\":null"}}],"usage":null,"z":1})";
  const std::vector<core::Chunk> chunks = {{{&text, 1}, with_null}, {{&usage, 1}, R"({"choices":[],"usage":{}})"}};
  EXPECT_EQ(stream(false, chunks),
            "data: {\"choices\":[{\"delta\":{\"content\":\",\\\"usage\\\":null\"}}],\"z\":1}\n\ndata: [DONE]\n\n");
  EXPECT_EQ(stream(true, chunks),
            "data: " + std::string(with_null) + "\n\ndata: {\"choices\":[],\"usage\":{}}\n\ndata: [DONE]\n\n");
}

TEST(OpenAiChat, AChunkInSeveralLinesIsOneLineOfData) {
  const Event text = event(Event::Kind::text, "x");
  EXPECT_EQ(stream(false, {{{&text, 1}, "{\n \"choices\":\n[],\"usage\":null}"}}),
            "data: {  \"choices\": []}\n\ndata: [DONE]\n\n");
}

TEST(OpenAiChat, EventsBecomeChunks) {
  const Event hi = event(Event::Kind::text, "hi");
  const Event stop = event(Event::Kind::finish, "stop");
  EXPECT_EQ(stream(false, {{{&hi, 1}, {}}, {{&stop, 1}, {}}}),
            "data: "
            "{\"id\":\"gw-req-1\",\"object\":\"chat.completion.chunk\",\"created\":7,\"model\":\"echo\",\"choices\":[{"
            "\"index\":0,"
            "\"delta\":{\"role\":\"assistant\",\"content\":\"hi\"},\"finish_reason\":null}]}\n\n"
            "data: "
            "{\"id\":\"gw-req-1\",\"object\":\"chat.completion.chunk\",\"created\":7,\"model\":\"echo\",\"choices\":[{"
            "\"index\":0,"
            "\"delta\":{},\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n");
  const std::string asked = stream(true, {{{&hi, 1}, {}}, {{&stop, 1}, {}}});
  EXPECT_NE(asked.find(R"("choices":[],"usage":{"prompt_tokens":3,"completion_tokens":4,"total_tokens":7}})"),
            std::string::npos);
}

TEST(OpenAiChat, ToolCallPiecesCarryTheirIndexAlways) {
  Event first = event(Event::Kind::tool_call, "");
  first.id = "c1";
  first.name = "f";
  const Event next = event(Event::Kind::tool_call, "{\"a\":1}");
  const std::string out = stream(false, {{{&first, 1}, {}}, {{&next, 1}, {}}});
  EXPECT_NE(
      out.find(R"("tool_calls":[{"index":0,"id":"c1","type":"function","function":{"name":"f","arguments":""}}])"),
      std::string::npos);
  EXPECT_NE(out.find(R"("tool_calls":[{"index":0,"function":{"arguments":"{\"a\":1}"}}])"), std::string::npos);
}

TEST(OpenAiChat, AnErrorInAStreamIsNoEnd) {
  auto request =
      core::ChatRequest::parse(core::PaddedBytes(R"({"model":"m","messages":[{"role":"user","content":"x"}]})"));
  std::string out;
  OpenAiChat().stream(kHead, *request)->error({core::Code::upstream_failed, "cut"}, out);
  EXPECT_EQ(
      out,
      "data: "
      "{\"error\":{\"message\":\"cut\",\"type\":\"server_error\",\"param\":null,\"code\":\"upstream_error\"}}\n\n");
}

}  // namespace
}  // namespace gatehouse::dialects
