#include "conformance/odd_configs.h"

#include <simdjson.h>
#include <gatehouse/json.hpp>

#include <random>

namespace gatehouse::conformance {

namespace {

// Each top-level value replaced by values of other kinds. No text stands in for a text: it might be a path.
void add_replaced(std::vector<std::string>& all, std::string_view given) {
  simdjson::dom::parser parser;
  simdjson::dom::object object;
  if (parser.parse(given.data(), given.size()).get(object) != simdjson::SUCCESS) return;
  for (const auto replaced : object) {
    for (const std::string_view other : {"null", "true", "-1", "1e300", "[]", "[null]", "{}", R"({"a":{"b":[1]}})"}) {
      std::string config = "{";
      for (const auto field : object) {
        config += (config.size() > 1 ? "," : "") + json_string(field.key) + ":";
        config += field.key == replaced.key ? std::string(other) : simdjson::minify(field.value);
      }
      all.push_back(config + "}");
    }
  }
}

}  // namespace

std::vector<std::string> odd_configs(std::string_view given) {
  std::vector<std::string> all = {"{}",
                                  "",
                                  "null",
                                  "[]",
                                  "7",
                                  "\"text\"",
                                  "{",
                                  "{\"a\":",
                                  "{\"a\":1}}",
                                  "{\"a\" 1}",
                                  R"({"a_key_that_nobody_knows":1})",
                                  R"({"":null})",
                                  "{\"a\":\"\xFF\xFE\"}",
                                  std::string("{\"a\":1}\0", 8),
                                  std::string(200, '[') + std::string(200, ']'),
                                  R"({"a_key_that_nobody_knows":")" + std::string(100'000, 'x') + "\"}"};
  for (int depth = 1; depth <= 5'000; depth *= 10) {
    std::string deep;
    for (int i = 0; i < depth; ++i) deep += "{\"a\":";
    all.push_back(deep + "1" + std::string(static_cast<std::size_t>(depth), '}'));
  }
  std::mt19937 random(1);
  for (int i = 0; i < 50; ++i) {
    std::string bytes(random() % 200, '\0');
    for (char& c : bytes) c = static_cast<char>(random());
    all.push_back(bytes);
  }
  add_replaced(all, given);
  return all;
}

}  // namespace gatehouse::conformance
