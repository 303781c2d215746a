#include "core/request/chat_request.h"

#include <gtest/gtest.h>

namespace gatehouse::core {
namespace {

Result<ChatRequest> parse(std::string_view text) { return ChatRequest::parse(PaddedBytes(text)); }

TEST(ChatRequest, KnowsWhatTheGatewayNeeds) {
  const auto request = parse(
      R"({"model":"a","messages":[{"role":"system","content":"be \"brief\""},{"role":"user","content":[)"
      R"({"type":"text","text":"one"},{"type":"image_url","image_url":{"url":"data:"}},{"type":"text","text":"two"}]}],)"
      R"("stream":true,"stream_options":{"include_usage":true,"x":[1]},"max_tokens":1,"max_completion_tokens":500,"n":2})");
  ASSERT_TRUE(request.ok()) << request.status().message();
  EXPECT_EQ(request->model(), "a");
  EXPECT_TRUE(request->stream());
  EXPECT_TRUE(request->include_usage());
  EXPECT_EQ(request->stream_options_with_usage(), R"({"include_usage":true,"x":[1]})");
  EXPECT_EQ(request->max_output_tokens(), 500u);  // a small max_tokens must not hide a large max_completion_tokens
  EXPECT_EQ(request->choices(), 2u);
  ASSERT_EQ(request->messages().size(), 2u);
  EXPECT_EQ(request->messages()[0].text, "be \"brief\"");
  EXPECT_EQ(request->messages()[0].json, R"({"role":"system","content":"be \"brief\""})");
  EXPECT_EQ(request->messages()[1].text, "one\ntwo");
}

TEST(ChatRequest, ViewsSurviveAMove) {
  auto parsed = parse(R"({"model":"a\u00e9","messages":[{"role":"user","content":"x\ny"}]})");
  ASSERT_TRUE(parsed.ok());
  ChatRequest moved = *std::move(parsed);
  ChatRequest again = std::move(moved);
  EXPECT_EQ(again.model(), "a\u00e9");
  EXPECT_EQ(again.messages()[0].text, "x\ny");
}

TEST(ChatRequest, MembersKeepTheirBytes) {
  const auto request =
      parse("{ \"model\" : \"a\",\n\"messages\":[{\"role\":\"user\",\"content\":null}] , \"x\": { \"y\" : 1.50 }  }");
  ASSERT_TRUE(request.ok()) << request.status().message();
  const Member* x = request->member("x");
  ASSERT_NE(x, nullptr);
  EXPECT_EQ(x->value, "{ \"y\" : 1.50 }");
  EXPECT_EQ(x->whole, "\"x\": { \"y\" : 1.50 }");
  EXPECT_EQ(request->member("model")->text, "a");
  EXPECT_EQ(request->member("nothing"), nullptr);
}

struct Refused {
  std::string_view body;
  std::string_view says;
};

class ChatRequestRefuses : public testing::TestWithParam<Refused> {};

TEST_P(ChatRequestRefuses, WithASentence) {
  const auto request = parse(GetParam().body);
  ASSERT_FALSE(request.ok());
  EXPECT_EQ(request.status().code(), Code::invalid_request);
  EXPECT_NE(request.status().message().find(GetParam().says), std::string_view::npos) << request.status().message();
}

#define USER R"("messages":[{"role":"user","content":"x"}])"
INSTANTIATE_TEST_SUITE_P(
    Bodies, ChatRequestRefuses,
    testing::Values(Refused{"", "empty"}, Refused{"{", "not valid JSON"}, Refused{"[]", "JSON object"},
                    Refused{"nul", "JSON object"}, Refused{"{} x", "not valid JSON"},
                    Refused{R"({"model":"a"})", "'messages' is required"}, Refused{"{" USER "}", "'model' is required"},
                    Refused{R"({"model":1,)" USER "}", "'model' must be a string"},
                    Refused{R"({"model":"a","messages":[]})", "at least one"},
                    Refused{R"({"model":"a","messages":"x"})", "'messages' must be an array"},
                    Refused{R"({"model":"a","messages":[{"role":"x"}]})", "messages[0].role"},
                    Refused{R"({"model":"a","messages":[{"role":"user","content":1}]})", "messages[0].content"},
                    Refused{R"({"model":"a",)" USER R"(,"z":tru})", "not valid JSON"},
                    Refused{R"({"model":"a",)" USER R"(,"z":nulx})", "not valid JSON"},
                    Refused{R"({"model":"a",)" USER R"(,"z":01})", "not valid JSON"},
                    Refused{R"({"model":"a",)" USER R"(,"z":"\q"})", "not valid JSON"},
                    Refused{R"({"model":"a",)" USER R"(,"z":1 2})", "not valid JSON"},
                    Refused{R"({"model":"a",,)" USER "}", "not valid JSON"},
                    Refused{R"({"model":"a",)" USER "}}", "more after"},
                    Refused{R"({"model":"a",)" USER R"(,"model":"b"})", "given twice"},
                    Refused{R"({"model":"a",)" USER R"(,"stream":"yes"})", "'stream' must be true or false"},
                    Refused{R"({"model":"a",)" USER R"(,"max_tokens":-1})", "max_tokens"},
                    Refused{R"({"model":"a",)" USER R"(,"n":1.5})", "'n' must be"},
                    Refused{"{\"model\":\"\xff\"," USER "}", "UTF-8"},
                    Refused{"{\"model\":\"a\n\"," USER "}", "not valid JSON"}));

TEST(ChatRequest, BoundsItsDepth) {
  const auto nested = [](std::size_t depth) {
    return parse(R"({"model":"a",)" USER R"(,"z":)" + std::string(depth, '[') + std::string(depth, ']') + "}");
  };
  EXPECT_TRUE(nested(ChatRequest::kMaxDepth - 1).ok());
  EXPECT_FALSE(nested(ChatRequest::kMaxDepth).ok());
}

TEST(ChatRequest, MessagesThatWereShedComeBackAndAllElseStays) {
  auto request = parse(
      R"({"model":"a\u00e9","user":"o\nne","stream_options":{"x":1},"messages":[{"role":"user","content":"x\ny"},)"
      R"({"role":"user","content":"plain"},)"
      R"({"role":"user","content":[{"type":"text","text":"p\nq"},{"type":"text","text":"r"}]}]})");
  ASSERT_TRUE(request.ok());
  request->shed_messages();
  EXPECT_EQ(request->model(), "a\u00e9");
  EXPECT_EQ(request->member("user")->text, "o\nne");
  EXPECT_TRUE(request->messages().empty());
  EXPECT_EQ(request->message_count(), 3u);
  EXPECT_EQ(request->text_bytes(), 13u);
  ASSERT_TRUE(request->restore_messages().ok());
  ASSERT_EQ(request->messages().size(), 3u);
  EXPECT_EQ(request->messages()[0].text, "x\ny");
  EXPECT_EQ(request->messages()[0].json, R"({"role":"user","content":"x\ny"})");
  EXPECT_EQ(request->messages()[1].text, "plain");
  EXPECT_EQ(request->messages()[2].text, "p\nq\nr");
  EXPECT_EQ(request->message_count(), 3u);
  EXPECT_EQ(request->text_bytes(), 13u);
  EXPECT_EQ(request->stream_options_with_usage(), R"({"include_usage":true,"x":1})");
}

TEST(ChatRequest, KeepsLittleMoreRoomThanItsBytesNeed) {
  PaddedBytes body;
  body.reserve(1 << 20);
  body.append(R"({"model":"a",)" USER "}");
  body.fit();
  EXPECT_LT(body.capacity(), 1024u);
  EXPECT_TRUE(ChatRequest::parse(std::move(body)).ok());
}

TEST(ChatRequest, EveryTruncationIsRefused) {
  const std::string whole = R"({"model":"a",)" USER R"(,"tools":[{"a":{"b":[1,2,"\u00e9"]}}],"t":0.5})";
  ASSERT_TRUE(parse(whole).ok());
  for (std::size_t length = 0; length < whole.size(); ++length) {
    EXPECT_FALSE(parse(whole.substr(0, length)).ok()) << length;
  }
}

}  // namespace
}  // namespace gatehouse::core
