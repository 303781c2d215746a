#include "core/text/header_name.h"

#include <gtest/gtest.h>

namespace gatehouse::core {
namespace {

TEST(HeaderName, IsATokenOfAsciiAlone) {
  for (const char* name : {"a", "X-Api-Key", "!#$%&'*+-.^_`|~09"}) EXPECT_TRUE(is_header_name(name)) << name;
  for (const char* name : {"", "a b", "a:", "a\r", "\xc3\xa9", "(a)", "a\x7f"}) EXPECT_FALSE(is_header_name(name)) << name;
}

TEST(HeaderName, IsTheSameInAnyCase) {
  EXPECT_TRUE(same_header("Content-TYPE", "content-type"));
  EXPECT_FALSE(same_header("content-type", "content-typ"));
  EXPECT_FALSE(same_header("content_type", "content-type"));
}

TEST(HeaderName, ThoseThatFrameARequestAreItsSenders) {
  for (const char* name : {"Host", "TRANSFER-ENCODING", "te", "accept-encoding"}) EXPECT_TRUE(frames_request(name));
  for (const char* name : {"", "authorization", "content-type", "hosts"}) EXPECT_FALSE(frames_request(name)) << name;
}

}  // namespace
}  // namespace gatehouse::core
