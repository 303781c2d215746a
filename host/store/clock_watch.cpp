#include "store/clock_watch.h"

#include <Poco/DateTimeFormatter.h>
#include <Poco/Timestamp.h>

#include <utility>

namespace gatehouse::store {

namespace {

constexpr std::int64_t kMicrosecond = 1'000;  // in nanoseconds, as is the other
constexpr std::int64_t kLeast = 60'000'000'000;  // that is no adjustment any more

std::string date(const limits::Moment& moment) {
  return Poco::DateTimeFormatter::format(Poco::Timestamp(moment.unix_ns / kMicrosecond), "%Y-%m-%dT%H:%M:%SZ");
}

}  // namespace

std::optional<std::string> ClockWatch::look(const limits::Moment& now) {
  const std::optional<limits::Moment> before = std::exchange(before_, now);
  if (!before || now.day() == before->day()) return std::nullopt;
  const std::int64_t set_by = (now.unix_ns - before->unix_ns) - (now.steady - before->steady);
  const std::string was_set = "the machine's clock was set from " + date(*before) + " to " + date(now);
  if (now.day() < before->day()) {
    return was_set +
           ": where the later day or month has been spent in, spending goes on to count in it, and what is left of "
           "the earlier one is not given again";
  }
  if (set_by < kLeast) return std::nullopt;
  return was_set + ": limits by the day, and by the month where that is another one, have begun anew";
}

std::string told_of_balances_ahead(std::size_t count) {
  return std::to_string(count) +
         " balances are of a day or month that is yet to come, so the machine's clock was set back since they were "
         "written: what is spent counts in that period, and in the present one where it is further ahead";
}

}  // namespace gatehouse::store
