#include "net/upstream/retry_after.h"

#include <Poco/DateTime.h>
#include <Poco/DateTimeFormat.h>
#include <Poco/DateTimeParser.h>

#include <charconv>
#include <cmath>
#include <string>

namespace gatehouse::net {
namespace {

using std::chrono::milliseconds;
constexpr milliseconds kDay = std::chrono::hours(24);

milliseconds bounded(double ms) {
  if (!(ms > 0)) return milliseconds(0);
  return ms < static_cast<double>(kDay.count()) ? milliseconds(static_cast<std::int64_t>(std::ceil(ms))) : kDay;
}

bool read_number(std::string_view text, double& number) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number, std::chars_format::fixed);
  return error == std::errc() && end == text.data() + text.size();
}

}  // namespace

milliseconds retry_after(std::string_view value) {
  double seconds = 0;
  if (read_number(value, seconds)) return bounded(seconds * 1000);
  Poco::DateTime date;
  int zone = 0;
  if (!Poco::DateTimeParser::tryParse(Poco::DateTimeFormat::HTTP_FORMAT, std::string(value), date, zone)) {
    return milliseconds(0);
  }
  return bounded(static_cast<double>(date.timestamp() - Poco::Timestamp()) / 1000);
}

milliseconds retry_after_ms(std::string_view value) {
  double ms = 0;
  return read_number(value, ms) ? bounded(ms) : milliseconds(0);
}

}  // namespace gatehouse::net
