// What goes out and what comes back, held against the files in golden/, and what is refused.
#include "codec_golden.h"

namespace gatehouse::testing {
namespace {

class OllamaRequest : public ::testing::TestWithParam<const char*> {};
TEST_P(OllamaRequest, IsTranslated) { expect_sent("ollama", GetParam()); }
INSTANTIATE_TEST_SUITE_P(, OllamaRequest, ::testing::Values("tools", "image", "reasoning", "turns", "results"));

class OllamaStream : public ::testing::TestWithParam<const char*> {};
TEST_P(OllamaStream, SaysTheSameAtEverySplit) { expect_streamed("ollama", GetParam(), core::Framing::lines); }
INSTANTIATE_TEST_SUITE_P(, OllamaStream, ::testing::Values("text", "tools", "failure"));

class OllamaWhole : public ::testing::TestWithParam<const char*> {};
TEST_P(OllamaWhole, SaysWhatItHolds) { expect_whole("ollama", GetParam()); }
INSTANTIATE_TEST_SUITE_P(, OllamaWhole, ::testing::Values("text", "nonsense"));

TEST(Ollama, RefusesByName) {
  const std::string tools = R"(,"tools":[{"type":"function","function":{"name":"a"}}])";
  EXPECT_EQ(request_refusal("ollama", with_fields(R"("tool_choice":"required")" + tools)),
            "'tool_choice' must be auto or none: this provider cannot be made to call a tool");
  EXPECT_EQ(request_refusal("ollama", with_fields(R"("tool_choice":"none")" + tools)), "");
  EXPECT_EQ(
      request_refusal(
          "ollama",
          with_messages(
              R"({"role":"user","content":[{"type":"file","file":{"file_data":"data:application/pdf;base64,AAAA"}}]})")),
      "'messages[0].content[0].file.file_data' is not something this provider takes");
}

TEST(Ollama, RefusesByNameWhatItCannotDo) {
  const std::string tools = R"(,"tools":[{"type":"function","function":{"name":"a"}}])";
  EXPECT_EQ(request_refusal("ollama", with_fields(R"("n":2)")),
            "'n' must be 1: this provider gives one answer at a time");
  EXPECT_EQ(request_refusal("ollama", with_fields(R"("parallel_tool_calls":false)" + tools)),
            "'parallel_tool_calls' must be true: this provider cannot be kept to one call at a time");
  EXPECT_EQ(request_refusal(
                "ollama",
                with_messages(
                    R"({"role":"user","content":[{"type":"image_url","image_url":{"url":"http://10.0.0.1/a.png"}}]})")),
            "'messages[0].content[0].image_url.url' must be a data URL for this provider, which fetches nothing");
  EXPECT_EQ(
      request_refusal(
          "ollama",
          with_messages(
              R"({"role":"user","content":[{"type":"input_audio","input_audio":{"data":"AAAA","format":"wav"}}]})")),
      "'messages[0].content[0].input_audio' is not something this provider takes");
}

TEST(Ollama, HasJsonWithoutASchema) {
  EXPECT_NE(body_of("ollama", with_fields(R"("response_format":{"type":"json_object"})")).find(R"("format":"json")"),
            std::string::npos);
}

TEST(Ollama, AnUnknownEndIsANaturalOne) {
  const std::string said = events_of("ollama", R"({"message":{"content":"x"},"done":true,"done_reason":"unload"})");
  EXPECT_NE(said.find("finish[0] stop own=unload\n"), std::string::npos) << said;
}

TEST(Ollama, UnderstandsAnError) {
  PluginInstance plugin("ollama");
  Exchange exchange(plugin, Request("the-model").user("hi"));
  EXPECT_EQ(exchange.decode(R"({"error":"model \"x\" not found"})", 404, true).message(),
            "the provider answered 404: model \"x\" not found (its model was 'the-model')");
}

}  // namespace
}  // namespace gatehouse::testing
