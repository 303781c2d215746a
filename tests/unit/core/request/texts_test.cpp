#include "core/request/texts.h"

#include <gtest/gtest.h>

#include <optional>

namespace gatehouse::core {
namespace {

ChatRequest parsed(std::string_view json, Task task = Task::chat) {
  Result<ChatRequest> request = ChatRequest::parse(PaddedBytes(json), task);
  EXPECT_TRUE(request.ok()) << request.status().message();
  return *std::move(request);
}

std::string with(std::string_view members) {
  return R"({"model":"m","messages":[{"role":"user","content":"hi"}],)" + std::string(members) + "}";
}

// "messages[0].content user hi" of each.
std::vector<std::string> listed(const ChatRequest& request, std::optional<TextKind> kind = {}) {
  const Result<Texts> texts = Texts::of(request);
  EXPECT_TRUE(texts.ok()) << texts.status().message();
  std::vector<std::string> all;
  for (const Text& text : texts->all()) {
    if (kind && text.kind != *kind) continue;
    all.push_back(std::string(text.place) + " " + std::string(text.role) + " " + std::string(text.text));
  }
  return all;
}
using List = std::vector<std::string>;

TEST(Texts, AreWhatIsSaidWhereverItStands) {
  const ChatRequest request = parsed(R"({"messages":[
    {"content":"be \u0040 brief","role":"system"},
    {"role":"user","name":"ann","content":[{"type":"text","text":"what"},
      {"type":"image_url","image_url":{"url":"data:image/png;base64,AAAA"}},
      {"type":"file","file":{"filename":"a.pdf","file_data":"JVBE"}},
      {"type":"input_audio","input_audio":{"data":"UklG","format":"wav"}}]},
    {"role":"assistant","content":null,"refusal":"no","reasoning_content":"hm",
     "tool_calls":[{"id":"c1","type":"function","function":{"name":"f","arguments":"{\"a\":1}"}}]},
    {"role":"tool","tool_call_id":"c1","content":"done"}],"model":"m","user":"u-1","stop":["x"]})");
  EXPECT_EQ(
      listed(request),
      (List{"messages[0].content system be @ brief", "messages[1].name user ann",
            "messages[1].content[0].text user what", "messages[1].content[2].file.filename user a.pdf",
            "messages[1].content[2].file.file_data user JVBE", "messages[1].content[3].input_audio.data user UklG",
            "messages[1].content[3].input_audio.format user wav", "messages[2].refusal assistant no",
            "messages[2].reasoning_content assistant hm", "messages[2].tool_calls[0].id assistant c1",
            "messages[2].tool_calls[0].function.name assistant f",
            R"(messages[2].tool_calls[0].function.arguments assistant {"a":1})", "messages[3].tool_call_id tool c1",
            "messages[3].content tool done"}));
  EXPECT_EQ(listed(request, TextKind::reasoning), List{"messages[2].reasoning_content assistant hm"});
  EXPECT_EQ(listed(request, TextKind::tool_call).size(), 3u);
  EXPECT_EQ(listed(request, TextKind::content).size(), 3u);
}

TEST(Texts, OfDefinitionsAndWhatIsNotKnownTheNamesAreTextsToo) {
  EXPECT_EQ(listed(parsed(with(R"("tools":[{"function":{"d\u0065":"x"}}])")), TextKind::definition),
            (List{"tools[0].function  function", "tools[0].function.de  de", "tools[0].function.de  x"}));
  EXPECT_EQ(listed(parsed(with(R"("prediction":{"content":"old"},"system":"s","new":[["a"]])")), TextKind::other),
            (List{"prediction.content  content", "prediction.content  old", "system  s", "new[0][0]  a"}));
  EXPECT_EQ(listed(parsed(with(R"("prompt":[7,"\u0061"],"seed":5)"))),
            (List{"messages[0].content user hi", "prompt[1]  a", R"(prompt  [7,"\u0061"])"}));
}

TEST(Texts, OfEmbeddingsMayBeNumbers) {
  const ChatRequest request = parsed(
      R"({"model":"m","messages":[{"role":"user","content":[{"type":"tokens","tokens":[1, 2]}]}]})", Task::embeddings);
  EXPECT_EQ(listed(request, TextKind::tokens), List{"messages[0].content[0].tokens user [1, 2]"});
  const Result<Texts> texts = Texts::of(request);
  EXPECT_FALSE(texts->edited(std::vector<TextEdit>{{0, "x"}}).ok());
}

TEST(Texts, AnEditChangesTheTextAlone) {
  const std::string json = with(R"( "tools" : [{"n\u0061":"old"}],"x":  1.50 )");
  const ChatRequest request = parsed(json);
  const Texts texts = *Texts::of(request);
  ASSERT_EQ(listed(request).size(), 3u);
  const auto edited = texts.edited(std::vector<TextEdit>{{2, "new \"one\"\n"}, {0, "hello"}, {1, "no"}, {1, "nb"}});
  ASSERT_TRUE(edited.ok());
  EXPECT_EQ(*edited, R"({"model":"m","messages":[{"role":"user","content":"hello"}], "tools" : )"
                     R"([{"nb":"new \"one\"\n"}],"x":  1.50 })");
  EXPECT_EQ(*texts.edited({}), json);
  EXPECT_FALSE(texts.edited(std::vector<TextEdit>{{3, "x"}}).ok());
}

TEST(Texts, StayWhereTheyAreWhenTheListMoves) {
  const ChatRequest request = parsed(R"({"model":"m","messages":[{"role":"user","content":"a\nb"}]})");
  Result<Texts> first = Texts::of(request);
  const Texts moved = *std::move(first);
  first = Status(Code::internal, "gone");
  EXPECT_EQ(moved.all()[0].place, "messages[0].content");
  EXPECT_EQ(moved.all()[0].text, "a\nb");
}

}  // namespace
}  // namespace gatehouse::core
