#include "core/text/visible.h"

#include <gtest/gtest.h>

namespace gatehouse::core {
namespace {

TEST(Visible, WhatIsSeenStaysAsItIs) {
  for (const char* text : {"", "dev-local-1", "caf\u00e9", "\u4f60\u597d", "\U0001F600", "\u05d0\u05d1"})
    EXPECT_EQ(visible(text), text);
}

TEST(Visible, WhatMovesHidesOrTurnsOtherTextIsWrittenOut) {
  EXPECT_EQ(visible("a\nb\x1b[2J"), "a\\u{A}b\\u{1B}[2J");
  EXPECT_EQ(visible("admin\u202Etxt"), "admin\\u{202E}txt");
  EXPECT_EQ(visible("\u2066x\u2069\u200F\u061C"), "\\u{2066}x\\u{2069}\\u{200F}\\u{61C}");
  EXPECT_EQ(visible("dev\u200B-1\uFEFF"), "dev\\u{200B}-1\\u{FEFF}");
  EXPECT_EQ(visible("\u0085\u2028\u00AD\U000E0041"), "\\u{85}\\u{2028}\\u{AD}\\u{E0041}");
  EXPECT_EQ(visible(std::string_view("\0", 1)), "\\u{0}");
}

TEST(Visible, NobodyCanPretendToHaveBeenWrittenOut) { EXPECT_EQ(visible("\\u{A}"), "\\\\u{A}"); }

TEST(Visible, BytesThatAreNoUtf8AreWrittenOutOneByOne) {
  EXPECT_EQ(visible("a\xFFz"), "a\\x{FF}z");
  EXPECT_EQ(visible("\xC0\xAF"), "\\x{C0}\\x{AF}");                        // overlong
  EXPECT_EQ(visible("\xED\xA0\x80"), "\\x{ED}\\x{A0}\\x{80}");             // a surrogate
  EXPECT_EQ(visible("\xE2\x80"), "\\x{E2}\\x{80}");                        // cut
  EXPECT_EQ(visible("\xF4\x90\x80\x80"), "\\x{F4}\\x{90}\\x{80}\\x{80}");  // beyond Unicode
}

}  // namespace
}  // namespace gatehouse::core
