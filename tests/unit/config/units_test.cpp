#include "config/units.h"

#include <gtest/gtest.h>

namespace gatehouse::config {
namespace {

TEST(Units, Numbers) {
  EXPECT_EQ(parse_integer("-42"), -42);
  EXPECT_FALSE(parse_integer("42x"));
  EXPECT_FALSE(parse_integer("99999999999999999999"));
  EXPECT_EQ(parse_number("0.15"), 0.15);
  EXPECT_EQ(parse_number("1e-3"), 1e-3);
  EXPECT_FALSE(parse_number("nan"));
  EXPECT_FALSE(parse_number("inf"));
  EXPECT_FALSE(parse_number("1e999"));
}

}  // namespace
}  // namespace gatehouse::config
