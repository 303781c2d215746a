#include <gtest/gtest.h>
#include <gatehouse/json.hpp>
#include <gatehouse/json_read.hpp>

namespace gatehouse {
namespace {

TEST(AppendQuoted, EscapesWhatMustBe) {
  EXPECT_EQ(json_string(""), R"("")");
  EXPECT_EQ(json_string("plain"), R"("plain")");
  EXPECT_EQ(json_string("a\"b\\c/d"), R"("a\"b\\c/d")");
  EXPECT_EQ(json_string("\b\f\n\r\t"), R"("\b\f\n\r\t")");
  EXPECT_EQ(json_string(std::string_view("\0\x01\x1f\x7f", 4)), "\"\\u0000\\u0001\\u001f\x7f\"");
  EXPECT_EQ(json_string("grüße 水 🙂"), "\"grüße 水 🙂\"");
}

TEST(AppendQuoted, AddsToWhatIsThere) {
  std::string out = "{\"a\":";
  append_quoted(out, "b");
  EXPECT_EQ(out, "{\"a\":\"b\"");
}

// Every byte at every place of a text longer than two machine words, read back by a parser.
TEST(AppendQuoted, IsReadBackAsItWas) {
  simdjson::dom::parser parser;
  for (int byte = 0; byte < 128; ++byte) {
    for (std::size_t place = 0; place < 19; ++place) {
      std::string text(19, 'x');
      text[place] = static_cast<char>(byte);
      std::string_view read;
      ASSERT_EQ(parser.parse(json_string(text)).get(read), simdjson::SUCCESS) << byte << " at " << place;
      ASSERT_EQ(read, text) << byte << " at " << place;
    }
  }
}

TEST(JsonReader, FindsWhatIsThere) {
  JsonReader reader;
  const auto root = reader.parse(R"({"choices":[{"delta":{"content":"hi"}}],"n":3,"big":1.5})");
  EXPECT_EQ(text_at(root, "/choices/0/delta/content"), "hi");
  EXPECT_EQ(number_at(root, "/n"), 3u);
  EXPECT_FALSE(text_at(root, "/n"));
  EXPECT_FALSE(number_at(root, "/big"));
  EXPECT_FALSE(text_at(root, "/choices/1/delta"));
}

TEST(JsonReader, SaysWhatIsNoJson) {
  JsonReader reader;
  EXPECT_FALSE(reader.try_parse("<html>"));
  try {
    reader.parse("{\"a\":", "the answer");
    FAIL() << "half a document was accepted";
  } catch (const Error& error) {
    EXPECT_EQ(error.status(), GH_EUPSTREAM);
    EXPECT_EQ(error.message().rfind("the answer is not valid JSON: ", 0), 0u) << error.message();
  }
}

}  // namespace
}  // namespace gatehouse
