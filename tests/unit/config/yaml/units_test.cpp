#include "config/yaml/units.h"

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

TEST(Units, Dollars) {
  EXPECT_EQ(parse_dollars("20"), 20'000'000'000);
  EXPECT_EQ(parse_dollars("0.15"), 150'000'000);
  EXPECT_EQ(parse_dollars("0.000000001"), 1);
  for (const char* text : {"", ".5", "5.", "-1", "1e3", "0.0000000001", "1.-5", "nan", "9999999", "1 "}) {
    EXPECT_FALSE(parse_dollars(text)) << text;
  }
}

}  // namespace
}  // namespace gatehouse::config
