#include "modules/abi/plugin_text.h"

#include <gtest/gtest.h>

namespace gatehouse::modules {
namespace {

TEST(PluginText, KeepsWhatIsFine) {
  EXPECT_EQ(plugin_text("grüße 水", 100), "grüße 水");
  EXPECT_EQ(plugin_text("", 100), "");
  EXPECT_EQ(plugin_text(nullptr, 100), "");
}

TEST(PluginText, EndsAtTheLimitWithoutANul) {
  const char unended[3] = {'a', 'b', 'c'};
  EXPECT_EQ(plugin_text(unended, sizeof unended), "abc");
}

TEST(PluginText, DoesNotCutACharacterInTwo) {
  EXPECT_EQ(plugin_text("aü", 2), "a");
  EXPECT_EQ(plugin_text("aü", 3), "aü");
  EXPECT_EQ(plugin_text("水水", 5), "水");
}

TEST(PluginText, MakesTheRestHarmless) {
  EXPECT_EQ(plugin_text("a\nb\x7f"
                        "c\x1b[0m",
                        100),
            "a b c [0m");
  EXPECT_EQ(plugin_text("ab\xff\xfe"
                        "c\xc3",
                        100),
            "ab??c?");
}

}  // namespace
}  // namespace gatehouse::modules
