#include "net/upstream/retry_after.h"

#include <Poco/DateTimeFormat.h>
#include <Poco/DateTimeFormatter.h>
#include <Poco/Timestamp.h>
#include <gtest/gtest.h>

namespace gatehouse::net {
namespace {

using namespace std::chrono_literals;

TEST(RetryAfter, TakesSeconds) {
  EXPECT_EQ(retry_after("20"), 20s);
  EXPECT_EQ(retry_after("0.5"), 500ms);
  EXPECT_EQ(retry_after_ms("1234.5"), 1235ms);
}

TEST(RetryAfter, TakesADate) {
  const Poco::Timestamp soon = Poco::Timestamp() + Poco::Timespan(100, 0).totalMicroseconds();
  const auto wait = retry_after(Poco::DateTimeFormatter::format(soon, Poco::DateTimeFormat::HTTP_FORMAT));
  EXPECT_GT(wait, 60s);
  EXPECT_LE(wait, 100s);
  EXPECT_EQ(retry_after("Wed, 21 Oct 2015 07:28:00 GMT"), 0ms);
}

TEST(RetryAfter, IsZeroForNonsenseAndBoundedForTheRest) {
  for (const char* text : {"", "-5", "soon", "nan", "1e3", "12x", " "}) {
    EXPECT_EQ(retry_after(text), 0ms) << text;
    EXPECT_EQ(retry_after_ms(text), 0ms) << text;
  }
  EXPECT_EQ(retry_after("99999999999999999999"), 24h);
  EXPECT_EQ(retry_after_ms("inf"), 24h);
}

}  // namespace
}  // namespace gatehouse::net
