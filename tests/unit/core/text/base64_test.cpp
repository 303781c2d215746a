#include "core/text/base64.h"

#include <gtest/gtest.h>

namespace gatehouse::core {
namespace {

TEST(Base64, IsReadBackAsItWas) {
  EXPECT_EQ(base64("a"), "YQ==");
  EXPECT_EQ(base64("ab"), "YWI=");
  EXPECT_EQ(base64("abc"), "YWJj");
  EXPECT_EQ(base64("\xfb\xff"), "+/8=");
  std::string bytes;
  for (int size = 0; size < 300; ++size) {
    ASSERT_EQ(from_base64(base64(bytes)), bytes) << size;
    bytes += static_cast<char>(size * 7);
  }
}

TEST(Base64, IsNothingElse) {
  for (const char* text : {"Y", "YQ=", "YQ===", "====", "=YQ=", "Y=Q=", "YQ==YQ==", " YQ=", "YQ=\n", "YWJ\n", "YW-_",
                           "YW\xc3\xbc"}) {
    EXPECT_FALSE(from_base64(text)) << text;
  }
}

}  // namespace
}  // namespace gatehouse::core
