#include "dialects/reasoning_seal.h"

#include <gtest/gtest.h>

namespace gatehouse::dialects {
namespace {

TEST(ReasoningSeal, ComesBackAsItWas) {
  const Seal seal{"google-gemini-v1", "functions.f:0", "da:ta==", false};
  const std::string text = wrap(seal);
  const std::optional<Seal> back = unwrap(text);
  ASSERT_TRUE(back.has_value());
  EXPECT_EQ(back->format, seal.format);
  EXPECT_EQ(back->tool_call, seal.tool_call);
  EXPECT_EQ(back->data, seal.data);
  EXPECT_FALSE(back->words);
}

TEST(ReasoningSeal, WhatIsNotOursStaysClosed) {
  for (const char* foreign : {"", "EqQBCkYIARgCKkD=", "gatehouse:", "gatehouse:x:w:9:abc", "gatehouse:x:q:0:",
                              "gatehouse:x:w:-1:", "gatehouse:x:w:1x:abc", "gatehouse:x:w::abc"}) {
    EXPECT_FALSE(unwrap(foreign).has_value()) << foreign;
  }
}

}  // namespace
}  // namespace gatehouse::dialects
