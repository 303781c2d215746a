// A point in time as the limits need it: a steady clock for buckets, the calendar (UTC) for days and months. Values.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>

namespace gatehouse::limits {

struct Moment {
  std::int64_t steady = 0;  // nanoseconds; never goes back within a process
  std::int64_t unix_ns = 0;

  std::int32_t day() const { return static_cast<std::int32_t>(unix_ns / 86'400'000'000'000); }  // since 1970
  std::int32_t month() const {                                                                  // since the year 0
    const std::chrono::year_month_day date{std::chrono::sys_days(std::chrono::days(day()))};
    return static_cast<int>(date.year()) * 12 + static_cast<int>(static_cast<unsigned>(date.month())) - 1;
  }
};

using Clock = std::function<Moment()>;

Moment real_time();

}  // namespace gatehouse::limits
