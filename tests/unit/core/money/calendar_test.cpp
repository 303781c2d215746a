#include "core/money/calendar.h"

#include <gtest/gtest.h>

#include "core/text/utc.h"

namespace gatehouse::core {
namespace {

constexpr std::int64_t kDay = 86'400;

std::int64_t at(const char* date, int hour = 0, int minute = 0) {
  return *day_of(date) * kDay + hour * 3600 + minute * 60;
}

TEST(Calendar, KnowsWhenAPlaceSetsItsClocks) {
  const Calendar& berlin = **Calendar::of("Europe/Berlin");
  EXPECT_EQ(berlin.offset(at("2026-01-31")), 3600);
  EXPECT_EQ(berlin.offset(at("2026-03-29", 0, 59)), 3600);
  EXPECT_EQ(berlin.offset(at("2026-03-29", 1)), 7200);
  EXPECT_EQ(berlin.offset(at("2026-10-25", 1)), 3600);
  EXPECT_EQ(berlin.offset(at("1901-01-01")), berlin.offset(at("2019-12-31")));
  EXPECT_EQ(berlin.offset(at("2399-07-01")), berlin.offset(at("2099-12-31")));
  EXPECT_EQ((*Calendar::of("Asia/Kolkata"))->offset(at("2026-01-31")), 19'800);
  EXPECT_EQ((*Calendar::of("America/New_York"))->offset(at("2026-07-31")), -4 * 3600);
}

TEST(Calendar, IsTheSameForTheSameName) {
  EXPECT_EQ(*Calendar::of("Europe/Berlin"), *Calendar::of("Europe/Berlin"));
  EXPECT_EQ(*Calendar::of("UTC"), &Calendar::utc());
  EXPECT_EQ(Calendar::utc().offset(at("2026-07-31")), 0);
  for (const char* none : {"", "Europe/Atlantis", "../../etc/passwd", "europe/berlin "}) {
    EXPECT_EQ(Calendar::of(none).status().code(), Code::invalid_request) << none;
  }
}

TEST(Period, EndsWhereTheNextBegins) {
  const std::int64_t now = at("2026-02-28", 23, 30);
  struct Case {
    Span span;
    std::int64_t offset, ends;
  };
  for (const Case& one : {Case{Span::hour, 0, at("2026-03-01")}, Case{Span::hour, 19'800, at("2026-03-01", 0, 30)},
                          Case{Span::day, 0, at("2026-03-01")}, Case{Span::day, 3600, at("2026-03-01", 23)},
                          Case{Span::week, 0, at("2026-03-02")}, Case{Span::week, -3600, at("2026-03-02", 1)},
                          Case{Span::month, 0, at("2026-03-01")}, Case{Span::month, 3600, at("2026-03-31", 23)}}) {
    const Period period = period_of(one.span, now, one.offset);
    EXPECT_EQ(utc_text(period.ends), utc_text(one.ends)) << int(one.span) << " " << one.offset;
    EXPECT_EQ(period_of(one.span, period.ends - 1, one.offset).number, period.number);
    EXPECT_EQ(period_of(one.span, period.ends, one.offset).number, period.number + 1);
  }
  EXPECT_EQ(period_of(Span::total, now, 0).number, 1);
  EXPECT_EQ(period_of(Span::total, now + 1'000 * kDay, 0).number, 1);
}

}  // namespace
}  // namespace gatehouse::core
