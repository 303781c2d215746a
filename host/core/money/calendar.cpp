#include "core/money/calendar.h"

#include <date/tz.h>

#include <algorithm>
#include <chrono>
#include <map>
#include <memory>
#include <mutex>
#include <utility>

namespace gatehouse::core {
namespace {

using std::chrono::days;

constexpr std::int64_t kHour = 3600, kDay = 24 * kHour;
constexpr days kFrom{365 * 50}, kUntil{365 * 130};  // since 1970: changes before and after are left out

std::int64_t floor_divide(std::int64_t dividend, std::int64_t divisor) {
  return dividend / divisor - (dividend % divisor < 0 ? 1 : 0);
}

Period month_of(std::int64_t day, std::int64_t offset) {
  using namespace std::chrono;
  const year_month_day date{sys_days(days(day))};
  const year_month month{date.year(), date.month()};
  const std::int64_t next = sys_days((month + months(1)) / 1).time_since_epoch().count();
  const int number = static_cast<int>(date.year()) * 12 + static_cast<int>(static_cast<unsigned>(date.month())) - 1;
  return {number, next * kDay - offset};
}

}  // namespace

const Calendar& Calendar::utc() {
  static const Calendar utc("UTC");
  return utc;
}

Result<const Calendar*> Calendar::of(const std::string& zone) try {
  static std::mutex mutex;
  static std::map<std::string, std::unique_ptr<const Calendar>> known;  // bounded by the zones that there are
  if (zone == "UTC") return &utc();
  const std::lock_guard lock(mutex);
  if (const auto found = known.find(zone); found != known.end()) return found->second.get();
  const date::time_zone& place = *date::locate_zone(zone);
  std::unique_ptr<Calendar> calendar(new Calendar(zone));
  calendar->changes_.clear();
  const date::sys_seconds end{kUntil};
  for (date::sys_seconds at{kFrom}; at < end;) {
    const date::sys_info info = place.get_info(at);
    const bool first = calendar->changes_.empty();
    calendar->changes_.push_back({first ? std::numeric_limits<std::int64_t>::min() : at.time_since_epoch().count(),
                                  info.offset.count()});
    at = info.end;
  }
  return known.emplace(zone, std::move(calendar)).first->second.get();
} catch (const std::exception&) {
  return Status(Code::invalid_request, "'" + zone + "' is no time zone that this machine knows, such as Europe/Berlin");
}

std::int64_t Calendar::offset(std::int64_t unix_s) const {
  const auto later = std::upper_bound(changes_.begin() + 1, changes_.end(), unix_s,
                                      [](std::int64_t at, const Change& change) { return at < change.from; });
  return std::prev(later)->offset;
}

Period period_of(Span span, std::int64_t unix_s, std::int64_t offset) {
  const std::int64_t local = unix_s + offset;
  const std::int64_t day = floor_divide(local, kDay);
  const auto of = [&](std::int64_t number, std::int64_t next) {
    return Period{static_cast<std::int32_t>(number), next - offset};
  };
  constexpr std::int64_t kMonday = 3;  // 1970 began on a Thursday
  switch (span) {
    case Span::hour: return of(floor_divide(local, kHour), (floor_divide(local, kHour) + 1) * kHour);
    case Span::day: return of(day, (day + 1) * kDay);
    case Span::week: {
      const std::int64_t week = floor_divide(day + kMonday, 7);
      return of(week, ((week + 1) * 7 - kMonday) * kDay);
    }
    case Span::month: return month_of(day, offset);
    case Span::total: break;
  }
  return {1, std::numeric_limits<std::int64_t>::max()};
}

}  // namespace gatehouse::core
