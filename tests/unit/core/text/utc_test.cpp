#include "core/text/utc.h"

#include <gtest/gtest.h>

namespace gatehouse::core {
namespace {

TEST(Utc, IsWrittenAsRfc3339) {
  EXPECT_EQ(utc_text(0), "1970-01-01T00:00:00Z");
  EXPECT_EQ(utc_text(1'801'353'599), "2027-01-30T23:59:59Z");
  EXPECT_EQ(utc_text(1'709'164'800), "2024-02-29T00:00:00Z");
}

TEST(Utc, DaysAreReadAsTheyAreWritten) {
  EXPECT_EQ(day_of("1970-01-01"), 0);
  EXPECT_EQ(day_of("2024-02-29"), 19782);
  for (const std::int32_t day : {0, 59, 789, 19782, 20849, 40000}) EXPECT_EQ(day_of(date_text(day)), day);
}

TEST(Utc, WhatIsNoDateIsNotRead) {
  for (const char* text : {"", "2027", "2027-1", "2027-02-29", "2027-13-01", "2027-01-00", "-2027-01-01", "2027-01-01 ",
                           "2027-01-01x", "2027/01/01", "+2027-01-01"}) {
    EXPECT_FALSE(day_of(text)) << text;
  }
}

}  // namespace
}  // namespace gatehouse::core
