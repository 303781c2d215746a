#include <gtest/gtest.h>
#include <gatehouse/units.hpp>

namespace gatehouse {
namespace {

using std::chrono::milliseconds;

TEST(ParseSize, TakesBytesAndBothFamiliesOfUnits) {
  EXPECT_EQ(parse_size("512"), 512u);
  EXPECT_EQ(parse_size("1B"), 1u);
  EXPECT_EQ(parse_size("64KiB"), 65536u);
  EXPECT_EQ(parse_size("10 MiB"), 10485760u);
  EXPECT_EQ(parse_size("2GiB"), 2147483648u);
  EXPECT_EQ(parse_size("1kB"), 1000u);
  EXPECT_EQ(parse_size("3MB"), 3000000u);
}

TEST(ParseSize, RefusesTheRest) {
  for (const char* text : {"", "MiB", "-1", "+1", "1.5MiB", "10mib", "10 ", "10  MiB", "10MiBs", "18446744073709551616",
                           "17179869185GiB"}) {
    EXPECT_FALSE(parse_size(text)) << text;
  }
}

TEST(ParseDuration, NeedsAUnit) {
  EXPECT_EQ(parse_duration("500ms"), milliseconds(500));
  EXPECT_EQ(parse_duration("30s"), milliseconds(30'000));
  EXPECT_EQ(parse_duration("5m"), milliseconds(300'000));
  EXPECT_EQ(parse_duration("1h"), milliseconds(3'600'000));
  EXPECT_EQ(parse_duration("7d"), milliseconds(604'800'000));
  for (const char* text : {"", "30", "s", "-1s", "1w", "106751991168d"}) EXPECT_FALSE(parse_duration(text)) << text;
}

}  // namespace
}  // namespace gatehouse
