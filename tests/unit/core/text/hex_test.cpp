#include "core/text/hex.h"

#include <gtest/gtest.h>

namespace gatehouse::core {
namespace {

TEST(Hex, WritesBytesAndNumbersInLowerCase) {
  const unsigned char bytes[] = {0x00, 0x0f, 0xa5, 0xff};
  EXPECT_EQ(hex(bytes), "000fa5ff");
  EXPECT_EQ(hex({}), "");
  std::string out = "x";
  append_hex(out, 0x1234abcdu, 4);
  EXPECT_EQ(out, "xabcd");
}

TEST(Hex, KnowsItsDigitsInEitherCase) {
  for (int c = 0; c < 256; ++c) {
    const bool digit = std::string_view("0123456789abcdefABCDEF").find(static_cast<char>(c)) != std::string_view::npos;
    EXPECT_EQ(is_hex(static_cast<char>(c)), digit && c != 0) << c;
  }
}

}  // namespace
}  // namespace gatehouse::core
