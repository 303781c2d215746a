#include "config/config_json.h"

#include <gtest/gtest.h>

namespace gatehouse::config {
namespace {

const Environment kSome = [](const std::string& name) -> std::optional<std::string> {
  if (name == "PORT") return "8080";
  if (name == "QUOTED") return "say \"hi\"";
  return std::nullopt;
};

std::string convert(const std::string& yaml, Problems& problems) {
  ValueFiles files;
  Document document{"f", kSome, files, problems};
  return config_json(Node(document, YAML::Load(yaml), "config"));
}

std::string convert(const std::string& yaml) {
  Problems problems;
  std::string json = convert(yaml, problems);
  EXPECT_TRUE(problems.none()) << problems.status().message();
  return json;
}

TEST(ConfigJson, TypesScalarsAsYamlDoes) {
  EXPECT_EQ(convert("{ a: true, b: False, c: null, d: ~, e: }"), R"({"a":true,"b":false,"c":null,"d":null,"e":null})");
  EXPECT_EQ(convert("{ a: 1, b: -2, c: +3, d: 007, e: 0x1F, f: 0o17 }"), R"({"a":1,"b":-2,"c":3,"d":7,"e":31,"f":15})");
  EXPECT_EQ(convert("{ a: 1.5, b: .5, c: 1., d: 1e3, e: -0.25 }"), R"({"a":1.5,"b":0.5,"c":1,"d":1000,"e":-0.25})");
  EXPECT_EQ(convert("{ a: yes, b: 1.2.3, c: 1_000, d: 10MiB, e: '.', f: . }"),
            R"({"a":"yes","b":"1.2.3","c":"1_000","d":"10MiB","e":".","f":"."})");
}

TEST(ConfigJson, QuotedScalarsAreText) {
  EXPECT_EQ(convert(R"({ a: "1", b: 'true', c: !!str 5, d: "" })"), R"({"a":"1","b":"true","c":"5","d":""})");
}

TEST(ConfigJson, VariablesAreTypedWhereTheyStand) {
  EXPECT_EQ(convert("a: ${PORT}\nb: \"${PORT}\"\nc: ${QUOTED}"), R"({"a":8080,"b":"8080","c":"say \"hi\""})");
}

TEST(ConfigJson, NestsAndEscapes) {
  EXPECT_EQ(convert("a: [1, [x, {b: \"q\\\"\\n\"}], {}]"), R"({"a":[1,["x",{"b":"q\"\n"}],{}]})");
  EXPECT_EQ(convert("x: &anchor { k: v }\ny: *anchor"), R"({"x":{"k":"v"},"y":{"k":"v"}})");
  EXPECT_EQ(convert("~"), "{}");
}

TEST(ConfigJson, ReportsWhatJsonCannotSay) {
  for (const char* yaml : {"{ a: .inf }", "{ a: -.INF }", "{ a: .nan }", "{ a: 1e999 }", "{ a: !mine 1 }", "{ [1]: 2 }",
                           "{ a: 1, a: 2 }", "[1]", "text"}) {
    Problems problems;
    convert(yaml, problems);
    EXPECT_FALSE(problems.none()) << yaml;
  }
}

}  // namespace
}  // namespace gatehouse::config
