#include "config/units.h"

#include <gtest/gtest.h>

namespace gatehouse::config {
namespace {

using std::chrono::milliseconds;

TEST(Units, Sizes) {
  EXPECT_EQ(parse_size("0"), 0u);
  EXPECT_EQ(parse_size("512"), 512u);
  EXPECT_EQ(parse_size("512B"), 512u);
  EXPECT_EQ(parse_size("512KiB"), 512u * 1024);
  EXPECT_EQ(parse_size("10MiB"), 10u << 20);
  EXPECT_EQ(parse_size("10 MiB"), 10u << 20);
  EXPECT_EQ(parse_size("1MB"), 1'000'000u);
  EXPECT_EQ(parse_size("2GiB"), 2ull << 30);
}

TEST(Units, SizesRefused) {
  for (const char* text : {"", "MiB", "-1", "+1", "1.5MiB", "10mib", "10 M iB", "10MiBx", " 10", "0x10",
                           "9999999999999999999", "9999999999999GiB"}) {
    EXPECT_FALSE(parse_size(text)) << text;
  }
}

TEST(Units, Durations) {
  EXPECT_EQ(parse_duration("500ms"), milliseconds(500));
  EXPECT_EQ(parse_duration("60s"), milliseconds(60'000));
  EXPECT_EQ(parse_duration("2m"), milliseconds(120'000));
  EXPECT_EQ(parse_duration("1h"), milliseconds(3'600'000));
  EXPECT_EQ(parse_duration("7d"), milliseconds(7 * 86'400'000));
  EXPECT_EQ(parse_duration("0s"), milliseconds(0));
}

TEST(Units, DurationsRefused) {
  for (const char* text : {"", "60", "s", "1w", "-1s", "1.5s", "1h30m", "9223372036854775807h"}) {
    EXPECT_FALSE(parse_duration(text)) << text;
  }
}

TEST(Units, Numbers) {
  EXPECT_EQ(parse_integer("-42"), -42);
  EXPECT_FALSE(parse_integer("42x"));
  EXPECT_FALSE(parse_integer("99999999999999999999"));
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
