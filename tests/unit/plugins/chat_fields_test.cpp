// Requests that are wrong in themselves: every provider without OpenAI's wire refuses them in the same
// words. Data URLs must be right to the letter.
#include "codec_golden.h"

namespace gatehouse::testing {
namespace {

struct Case {
  std::string json;
  const char* says;
};
class BadField : public ::testing::TestWithParam<Case> {};
TEST_P(BadField, IsNamedByEveryProvider) {
  for (const char* plugin : {"anthropic", "gemini", "ollama"}) {
    EXPECT_EQ(request_refusal(plugin, GetParam().json), GetParam().says) << plugin;
  }
}

constexpr const char* kUser = R"({"role":"user","content":"hi"},)";

std::string many(int count, const std::string& entry) {
  std::string list = entry;
  while (--count > 0) list.append(",").append(entry);
  return list;
}

std::string call(const std::string& arguments) {
  return with_messages(
      kUser + (R"({"role":"assistant","tool_calls":[{"id":"a","type":"function","function":{"name":"f","arguments":)" +
               arguments + "}}]}"));
}

INSTANTIATE_TEST_SUITE_P(
    Table, BadField,
    ::testing::Values(
        Case{call(R"("{\"a\":")"), "'messages[1].tool_calls[0].function.arguments' must be the text of a JSON object"},
        Case{call(R"("[1]")"), "'messages[1].tool_calls[0].function.arguments' must be the text of a JSON object"},
        Case{call("{}"), "'messages[1].tool_calls[0].function.arguments' must be a string"},
        Case{with_messages(std::string(kUser) + R"({"role":"tool","tool_call_id":"b","content":"x"})"),
             "'messages[1].tool_call_id' must be the id of a tool call in an earlier assistant message, and of one "
             "without a result"},
        Case{with_messages(
                 std::string(kUser) +
                 R"({"role":"assistant","tool_calls":)"
                 R"([{"id":"a","type":"function","function":{"name":"f","arguments":""}}]},)"
                 R"({"role":"tool","tool_call_id":"a","content":"x"},)"
                 R"({"role":"tool","tool_call_id":"a","content":"x"})"),
             "'messages[3].tool_call_id' must be the id of a tool call in an earlier assistant message, and of one "
             "without a result"},
        Case{with_fields(R"("tools":[)" + many(1025, R"({"type":"function","function":{"name":"f"}})") + "]"),
             "'tools' must have at most 1024 entries"},
        Case{with_messages(R"({"role":"function","name":"f","content":"x"})"),
             "'messages[0].role' is not a role that this provider has"},
        Case{with_messages(R"({"role":"user","content":[{"type":"video_url"}]})"),
             "'messages[0].content[0].type' is not a kind of content that this provider takes"},
        Case{with_fields(R"("functions":[{"name":"f"}])"), "'functions' is not something this provider can do"},
        Case{with_fields(R"("tools":[{"type":"custom","custom":{"name":"f"}}])"),
             "'tools[0].type' must be function: this provider has no other tools here"},
        Case{with_fields(R"("tool_choice":{"type":"function","function":{"name":"f"}})"),
             "'tool_choice.function.name' must be the name of one of the tools"},
        Case{with_fields(R"("tool_choice":"required")"), "'tool_choice' must be auto or none where there are no tools"},
        Case{with_fields(R"("tool_choice":"any")"), "'tool_choice' must be auto, none, required or one function"},
        Case{with_fields(R"("tool_choice":{"type":"allowed_tools","allowed_tools":{}})"),
             "'tool_choice.type' must be function: this provider has no other choice of tools"},
        Case{with_fields(R"("response_format":{"type":"grammar"})"),
             "'response_format.type' must be text, json_object or json_schema"},
        Case{with_fields(R"("stop":[1])"), "'stop[0]' must be a string"},
        Case{with_messages(std::string(kUser) + R"({"role":"assistant","content":"x","function_call":{"name":"f"}})"),
             "'messages[1].function_call' is outdated: use tool_calls"},
        Case{
            with_messages(
                std::string(kUser) +
                R"({"role":"assistant","content":[{"type":"image_url","image_url":{"url":"data:image/png;base64,AAAA"}}]})"),
            "'messages[1].content[0].image_url.url' must be text: this is an assistant's message"},
        Case{with_messages(R"({"role":"user","content":[{"type":"file","file":{"file_id":"file-1"}}]})"),
             "'messages[0].content[0].file.file_id' names a file stored elsewhere: send file_data"},
        Case{with_messages(
                 R"({"role":"user","content":[{"type":"input_audio","input_audio":{"data":"AAAA","format":"ogg"}}]})"),
             "'messages[0].content[0].input_audio.format' must be wav or mp3"},
        Case{with_messages(
                 R"({"role":"user","content":[{"type":"input_audio","input_audio":{"data":"AAA","format":"mp3"}}]})"),
             "'messages[0].content[0].input_audio.data' must be padded base64"},
        Case{with_fields(R"("reasoning_effort":"huge")"),
             "'reasoning_effort' must be none, minimal, low, medium, high, xhigh or max"},
        Case{with_fields(R"("temperature":"warm")"), "'temperature' must be a number"},
        Case{with_fields(R"("web_search_options":{"a":1})"),
             "'web_search_options' is not something this provider can do"},
        Case{with_fields(R"("modalities":["text","audio"])"),
             "'modalities' must be [\"text\"]: this provider answers with nothing else here"}));

TEST(HarmlessField, IsTaken) {
  for (const char* fields :
       {R"("n":null,"stop":null,"tools":null,"temperature":null)", R"("metadata":{"a":"b"},"store":true)",
        R"("top_p":1,"presence_penalty":0,"frequency_penalty":0.0,"logprobs":false)",
        R"("modalities":["text"],"verbosity":"medium","audio":null,"functions":[])"}) {
    for (const char* plugin : {"anthropic", "gemini", "ollama"}) {
      EXPECT_EQ(request_refusal(plugin, with_fields(fields)), "") << plugin << " " << fields;
    }
  }
}

class BadDataUrl : public ::testing::TestWithParam<const char*> {};
TEST_P(BadDataUrl, IsRefused) {
  const std::string json = with_messages(R"({"role":"user","content":[{"type":"image_url","image_url":{"url":")" +
                                         std::string(GetParam()) + R"("}}]})");
  for (const char* plugin : {"anthropic", "gemini", "ollama"}) {
    EXPECT_EQ(request_refusal(plugin, json),
              "'messages[0].content[0].image_url.url' must be a data URL such as data:image/png;base64,… with padded "
              "base64 of at most 32 MiB");
  }
}
INSTANTIATE_TEST_SUITE_P(Table, BadDataUrl,
                         ::testing::Values("file:///etc/passwd", "data:image/png;base64,", "data:image/png,AAAA",
                                           "data:;base64,AAAA", "data:image/png;base64,AAA",
                                           "data:image/png;base64,A-_A", "data:image/png;base64,AA==AAAA",
                                           "data:image/png;base64,AAAA\\n", "data:image/png;charset=x;base64,AAAA",
                                           "data:image;base64,AAAA", "data:a/b/c;base64,AAAA",
                                           "data:image/p ng;base64,AAAA", "DATA:image/png;base64,AAAA",
                                           "data:image/png;base64,A===", ""));

TEST(DataUrl, HasALimit) {
  const auto image = [](std::size_t size) {
    return with_messages(R"({"role":"user","content":[{"type":"image_url","image_url":{"url":"data:image/png;base64,)" +
                         std::string(size, 'A') + R"("}}]})");
  };
  EXPECT_EQ(request_refusal("ollama", image(32u << 10)), "");
  EXPECT_NE(request_refusal("ollama", image(32u << 20)).find("of at most 32 MiB"), std::string::npos);
}

}  // namespace
}  // namespace gatehouse::testing
