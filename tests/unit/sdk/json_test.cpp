#include <gtest/gtest.h>
#include <gatehouse/json.hpp>
#include <gatehouse/json_fields.hpp>
#include <gatehouse/json_read.hpp>
#include <gatehouse/json_write.hpp>
#include <new>
#include <string>

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

TEST(PlainLength, IsThatBeforeTheFirstSpecialByteWhereverItStands) {
  for (std::size_t size = 0; size < 20; ++size) {
    const std::string text(size, 'x');
    EXPECT_EQ((plain_length<'"', '\\'>(text)), size);
    for (std::size_t place = 0; place < size; ++place) {
      for (const char special : {'"', '\\', '\0', '\x1f'}) {
        std::string with = text;
        with[place] = special;
        EXPECT_EQ((plain_length<'"', '\\'>(with)), place);
      }
      std::string other = text;
      other[place] = '\x7f';
      EXPECT_EQ((plain_length<'"', '\\'>(other)), size);
      EXPECT_EQ(plain_length<'\x7f'>(other), place);
    }
  }
}

TEST(JsonWriter, ClosesWhatIsOpenAtTheEndOfItsScope) {
  std::string out;
  {
    JsonObject json(out);
    JsonArray list(json.add("a", 1).key("list"));
    list.add("x");
    JsonObject last(list.next());
    last.add("b", true);
  }
  EXPECT_EQ(out, R"({"a":1,"list":["x",{"b":true}]})");
}

TEST(JsonWriter, ClosesEarlierAndOnlyOnce) {
  std::string out;
  {
    JsonObject json(out);
    JsonArray list(json.key("list"));
    list.add_each(std::vector<int>{1, 2}, [](std::string& to, int number) { to += std::to_string(number); });
    list.close();
    list.close();
    JsonObject(json.key("empty"));
    json.add("after", "x").close();
    json.close();
    EXPECT_EQ(out, R"({"list":[1,2],"empty":{},"after":"x"})");
  }
  EXPECT_EQ(out, R"({"list":[1,2],"empty":{},"after":"x"})");
}

class JsonFields : public ::testing::Test {
 protected:
  fields::object read(std::string_view json) {
    fields::object object;
    EXPECT_EQ(reader_.parse(json).get(object), simdjson::SUCCESS);
    return object;
  }
  template <class Read>
  static std::string refusal(Read read) {
    try {
      read();
    } catch (const Error& error) {
      return error.param() + ": " + error.message();
    }
    return "taken";
  }
  JsonReader reader_;
};

TEST_F(JsonFields, TakeNullForAbsent) {
  const auto object = read(R"({"a":null,"b":true,"t":"x"})");
  EXPECT_FALSE(fields::field(object, "a"));
  EXPECT_FALSE(fields::find<bool>(object, "a", ""));
  EXPECT_EQ(fields::find<bool>(object, "b", ""), true);
  EXPECT_EQ(fields::need_text(object, "t", ""), "x");
  EXPECT_EQ(fields::text_or_empty(object, "b"), "");
}

TEST_F(JsonFields, AreRefusedByNameAndPlace) {
  const auto object = read(R"({"n":-1,"a":null})");
  using fields::need;
  EXPECT_EQ(refusal([&] { need(object, "a", "messages[2]"); }), "messages[2].a: 'messages[2].a' is required");
  EXPECT_EQ(refusal([&] { need<std::string_view>(object, "n", "m"); }), "m.n: 'm.n' must be a string");
  EXPECT_EQ(refusal([&] { need<std::uint64_t>(object, "n", ""); }), "n: 'n' must be a whole number");
  EXPECT_EQ(refusal([&] { fields::find<fields::object>(object, "n", ""); }), "n: 'n' must be an object");
  EXPECT_EQ(refusal([&] { fields::as<bool>(need(object, "n", ""), "n"); }), "n: 'n' must be true or false");
  EXPECT_EQ(fields::unsupported("n", "must be 1").code(), "unsupported_parameter");
}

TEST(JsonReader, FindsWhatIsThere) {
  JsonReader reader;
  const auto root = reader.parse(R"({"choices":[{"delta":{"content":"hi"}}],"n":3,"big":1.5})");
  EXPECT_EQ(text_at(root, "/choices/0/delta/content"), "hi");
  EXPECT_EQ(number_at(root, "/n"), 3u);
  EXPECT_FALSE(text_at(root, "/n"));
  EXPECT_FALSE(number_at(root, "/big"));
  EXPECT_EQ(count_at(root, "/n"), 3u);
  EXPECT_FALSE(count_at(root, "/big") || count_at(root, "/choices") || count_at(root, "/absent"));
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

TEST(JsonWriters, TakeNoMemoryWhereAnExceptionLeavesTheirScope) {
  std::string out;
  try {
    JsonObject object(out);
    JsonArray array(object.key("a"));
    out.resize(out.capacity(), 'x');
    throw std::bad_alloc();  // as an append does that finds no memory: to close would need some too
  } catch (const std::bad_alloc&) {
    EXPECT_EQ(out.size(), out.capacity());
    EXPECT_EQ(out.back(), 'x');
  }
}

}  // namespace
}  // namespace gatehouse
