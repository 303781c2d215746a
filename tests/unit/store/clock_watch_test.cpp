#include "store/clock_watch.h"

#include <gtest/gtest.h>

namespace gatehouse::store {
namespace {

constexpr std::int64_t kSecond = 1'000'000'000, kHour = 3600 * kSecond, kDay = 24 * kHour;

class ClockWatchTest : public testing::Test {
 protected:
  // A minute passes, and the clock is set by so much.
  std::string look(std::int64_t set_by = 0) {
    now_.steady += 60 * kSecond;
    now_.unix_ns += 60 * kSecond + set_by;
    return watch_.look(now_).value_or("");
  }

  ClockWatch watch_;
  limits::Moment now_{1'000 * kSecond, 20'000 * kDay + 12 * kHour};
};

TEST_F(ClockWatchTest, ADayThatWasBegunIsNotLeftBackwardsInSilence) {
  EXPECT_EQ(look(), "");
  EXPECT_EQ(look(kDay),
            "the machine's clock was set from 2024-10-04T12:01:00Z to 2024-10-05T12:02:00Z: limits by the day, and by "
            "the month where that is another one, have begun anew");
  EXPECT_EQ(look(), "") << "once";
  EXPECT_EQ(look(-kDay),
            "the machine's clock was set from 2024-10-05T12:03:00Z to 2024-10-04T12:04:00Z: where the later day or "
            "month has been spent in, spending goes on to count in it, and what is left of the earlier one is not "
            "given again");
  EXPECT_EQ(look(), "");
}

TEST_F(ClockWatchTest, ASecondBackAcrossMidnightIsTold) {
  now_.unix_ns = 20'000 * kDay - 60 * kSecond;
  look();  // midnight
  now_.steady += kSecond / 10;
  now_.unix_ns -= kSecond;
  EXPECT_NE(watch_.look(now_), std::nullopt);
}

TEST_F(ClockWatchTest, TimeThatPassesAndAClockThatIsSetWithinADaySaysNothing) {
  EXPECT_EQ(look(), "");
  for (const std::int64_t hours : {1, -2, 1}) EXPECT_EQ(look(hours * kHour), "");
  for (int minute = 0; minute < 3 * 24 * 60; ++minute) EXPECT_EQ(look(), "");
}

}  // namespace
}  // namespace gatehouse::store
