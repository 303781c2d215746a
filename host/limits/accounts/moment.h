// A point in time as the limits need it: a steady clock for buckets, the calendar (UTC) for days and months. Values.
#pragma once

#include <cstdint>
#include <functional>

#include "core/money/calendar.h"

namespace gatehouse::limits {

struct Moment {
  std::int64_t steady = 0;  // nanoseconds; never goes back within a process
  std::int64_t unix_ns = 0;

  std::int32_t day() const { return period(core::Span::day).number; }  // since 1970
  core::Period period(core::Span span, std::int64_t offset = 0) const {
    return core::period_of(span, unix_ns / 1'000'000'000, offset);
  }
};

using Clock = std::function<Moment()>;

Moment real_time();

}  // namespace gatehouse::limits
