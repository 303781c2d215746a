#include "core/text/caller_text.h"

#include <gtest/gtest.h>

namespace gatehouse::core {
namespace {

TEST(CallerText, IsCutAtTheEndOfACharacter) {
  EXPECT_EQ(cut("short", 5), "short");
  EXPECT_EQ(cut("longer", 5), "longe");
  EXPECT_EQ(cut("caf\u00e9!", 5), "caf\u00e9");
  EXPECT_EQ(cut("caf\u00e9!", 4), "caf");
  EXPECT_EQ(cut("\U0001F600", 3), "");
}

TEST(CallerText, IsQuotedWithAMarkWhereMoreFollows) {
  EXPECT_EQ(excerpt("m"), "m");
  EXPECT_EQ(excerpt(std::string(kMostQuoted, 'm')), std::string(kMostQuoted, 'm'));
  EXPECT_EQ(excerpt(std::string(1'000'000, 'm')), std::string(kMostQuoted, 'm') + "\u2026");
}

}  // namespace
}  // namespace gatehouse::core
