#include "config/yaml/environment.h"

#include <gtest/gtest.h>

#include <map>

namespace gatehouse::config {
namespace {

Environment environment_of(std::map<std::string, std::string> variables) {
  return [variables = std::move(variables)](const std::string& name) -> std::optional<std::string> {
    const auto found = variables.find(name);
    if (found == variables.end()) return std::nullopt;
    return found->second;
  };
}

const Environment kSome = environment_of({{"A", "1"}, {"B_2", "two"}, {"EMPTY", ""}, {"TRICK", "${A} $$"}});

TEST(Environment, Expands) {
  ValueFiles files;
  const std::pair<const char*, const char*> cases[] = {
      {"", ""},
      {"plain", "plain"},
      {"${A}", "1"},
      {"x${A}y${B_2}z", "x1ytwoz"},
      {"${NONE:-fallback}", "fallback"},
      {"${NONE:-}", ""},
      {"${A:-fallback}", "1"},
      {"${EMPTY}", ""},
      {"${EMPTY:-fallback}", "fallback"},
      {"${NONE:-a:-b}", "a:-b"},
      {"$$", "$"},
      {"$${A}", "${A}"},
      {"$5 and $", "$5 and $"},
      {"${file:/proc/sys/kernel/ostype}", "Linux"},
      {"a ${file:/proc/sys/kernel/ostype} b", "a Linux b"},
      {"${TRICK}", "${A} $$"},  // what a variable holds is not looked into
  };
  for (const auto& [text, expected] : cases) {
    const auto expanded = expand(text, kSome, files);
    ASSERT_TRUE(expanded.ok()) << text << ": " << expanded.status().message();
    EXPECT_EQ(*expanded, expected) << text;
  }
}

TEST(Environment, Refuses) {
  ValueFiles files;
  EXPECT_EQ(expand("${NONE}", kSome, files).status().message(),
            "the environment variable NONE is not set: set it, or give a default as in ${NONE:-default}");
  for (const char* text : {"${", "${A", "${}", "${1A}", "${A-b}", "${A B}", "${A:-b", "${file:}", "${file:/nowhere/at/all}", "${FILE:/etc/hostname}"}) {
    EXPECT_FALSE(expand(text, kSome, files).ok()) << text;
  }
}

TEST(Environment, ReadsTheProcess) {
  EXPECT_TRUE(process_environment()("PATH"));
  EXPECT_FALSE(process_environment()("GATEHOUSE_NOBODY_SETS_THIS"));
}

}  // namespace
}  // namespace gatehouse::config
