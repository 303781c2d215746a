#include <gtest/gtest.h>
#include <gatehouse/config.hpp>

namespace gatehouse {
namespace {

template <class Read>
std::string complaint(std::string_view json, Read read) {
  try {
    Config config(json);
    read(config);
  } catch (const Error& error) {
    EXPECT_EQ(error.status(), GH_ECONFIG);
    return error.message();
  }
  return "";
}

TEST(Config, ReadsEveryType) {
  Config config(R"({"t":"x","n":5,"s":"64KiB","b":10,"d":"30s","f":true,"l":["a","b"],"m":{"k":["v"]},"none":null})");
  EXPECT_EQ(config.text("t"), "x");
  EXPECT_EQ(config.number("n"), 5u);
  EXPECT_EQ(config.size("s"), 65536u);
  EXPECT_EQ(config.size("b"), 10u);
  EXPECT_EQ(config.duration("d"), std::chrono::seconds(30));
  EXPECT_TRUE(config.flag_or("f", false));
  EXPECT_EQ(config.texts("l"), (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(config.lists("m").at("k"), std::vector<std::string>{"v"});
  EXPECT_FALSE(config.has("none"));
  config.refuse_unknown();
}

TEST(Config, AnswersTheFallbackForWhatIsAbsent) {
  Config config("");
  EXPECT_EQ(config.text_or("t", "y"), "y");
  EXPECT_EQ(config.number_or("n", 7, {1, 3}), 7u);
  EXPECT_EQ(config.size_or("s", 8), 8u);
  EXPECT_EQ(config.duration_or("d", std::chrono::milliseconds(9)).count(), 9);
  EXPECT_TRUE(config.flag_or("f", true));
  EXPECT_EQ(config.choice_or("c", "one", {"one", "two"}), "one");
  EXPECT_TRUE(config.texts("l").empty());
  EXPECT_TRUE(config.lists("m").empty());
}

TEST(Config, SaysWhatIsWrongAndWhatWouldBeRight) {
  EXPECT_EQ(complaint("[]", [](Config&) {}), "config must be a map of names to values");
  EXPECT_EQ(complaint("{}", [](Config& c) { c.text("path"); }), "config.path is missing");
  EXPECT_EQ(complaint(R"({"path":7})", [](Config& c) { c.text("path"); }), "config.path must be text, not a number");
  EXPECT_EQ(complaint(R"({"n":"many"})", [](Config& c) { c.number("n", {1}); }),
            "config.n must be a whole number of at least 1, not \"many\"");
  EXPECT_EQ(complaint(R"({"n":-1})", [](Config& c) { c.number("n"); }), "config.n must be a whole number, not -1");
  EXPECT_EQ(complaint(R"({"n":9})",
                      [](Config& c) {
                        c.number("n", {1, 8});
                      }),
            "config.n must be a whole number from 1 to 8, not 9");
  EXPECT_EQ(complaint(R"({"s":"10 apples"})", [](Config& c) { c.size("s"); }),
            "config.s must be a size such as 64KiB or 10MiB, not \"10 apples\"");
  EXPECT_EQ(complaint(R"({"d":30})", [](Config& c) { c.duration("d"); }),
            "config.d must be a duration with a unit, such as 500ms or 30s, not 30");
  EXPECT_EQ(complaint(R"({"f":"yes"})", [](Config& c) { c.flag_or("f", false); }),
            "config.f must be true or false, not \"yes\"");
  EXPECT_EQ(complaint(R"({"c":"three"})",
                      [](Config& c) {
                        c.choice_or("c", "one", {"one", "two"});
                      }),
            "config.c must be one of one, two, not \"three\"");
  EXPECT_EQ(complaint(R"({"l":["a",{}]})", [](Config& c) { c.texts("l"); }), "config.l[1] must be text, not a map");
  EXPECT_EQ(complaint(R"({"m":{"k":"v"}})", [](Config& c) { c.lists("m"); }),
            "config.m.k must be a list of texts, not text");
}

TEST(Config, RefusesWhatNobodyAskedFor) {
  EXPECT_EQ(complaint(R"({"max_token":1})",
                      [](Config& c) {
                        c.number_or("max_tokens", 1);
                        c.text_or("on", "");
                        c.refuse_unknown();
                      }),
            "config.max_token is not a known key; the known ones are max_tokens, on");
  EXPECT_EQ(complaint(R"({"a":1})", [](Config& c) { c.refuse_unknown(); }),
            "config.a is not a known key; this plugin takes none");
}

}  // namespace
}  // namespace gatehouse
