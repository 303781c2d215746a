#include "core/text/utc.h"

#include <Poco/DateTimeFormat.h>
#include <Poco/DateTimeFormatter.h>
#include <Poco/Timestamp.h>

#include <chrono>
#include <cstdio>

namespace gatehouse::core {

namespace {

constexpr std::int64_t kDay = 86'400;

std::string formatted(std::int64_t unix_seconds, const std::string& format) {
  return Poco::DateTimeFormatter::format(Poco::Timestamp::fromEpochTime(unix_seconds), format);
}

}  // namespace

std::string utc_text(std::int64_t unix_seconds) {
  return formatted(unix_seconds, Poco::DateTimeFormat::ISO8601_FORMAT);
}

std::string date_text(std::int32_t day) { return formatted(day * kDay, "%Y-%m-%d"); }

std::optional<std::int32_t> day_of(const std::string& text) {
  int year = 0, length = 0;
  unsigned month = 0, day = 0;
  const bool read = text.find_first_not_of("0123456789-") == text.npos && !text.starts_with('-') &&
                    std::sscanf(text.c_str(), "%4d-%2u-%2u%n", &year, &month, &day, &length) == 3;
  const std::chrono::year_month_day date{std::chrono::year(year), std::chrono::month(month), std::chrono::day(day)};
  if (!read || static_cast<std::size_t>(length) != text.size() || !date.ok()) return std::nullopt;
  return static_cast<std::int32_t>(std::chrono::sys_days(date).time_since_epoch().count());
}

}  // namespace gatehouse::core
