// What goes out and what comes back, held against the files in golden/, and what is refused.
#include "codec_golden.h"

namespace gatehouse::testing {
namespace {

class OllamaRequest : public ::testing::TestWithParam<const char*> {};
TEST_P(OllamaRequest, IsTranslated) { expect_sent("ollama", GetParam()); }
INSTANTIATE_TEST_SUITE_P(, OllamaRequest, ::testing::Values("tools", "image", "reasoning"));

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

TEST(Ollama, UnderstandsAnError) {
  PluginInstance plugin("ollama");
  Exchange exchange(plugin, Request("the-model").user("hi"));
  EXPECT_EQ(exchange.decode(R"({"error":"model \"x\" not found"})", 404, true).message(),
            "the provider answered 404: model \"x\" not found (its model was 'the-model')");
}

}  // namespace
}  // namespace gatehouse::testing
