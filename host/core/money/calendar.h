// The calendar of a place: by which days, weeks and months of a limit are told apart. Immutable; lives as long as the
// process; any thread.
#pragma once

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "core/status.h"

namespace gatehouse::core {

class Calendar {
 public:
  static const Calendar& utc();
  // By its name in the time zone database, such as "Europe/Berlin". invalid_request: this machine knows none of it.
  static Result<const Calendar*> of(const std::string& zone);

  const std::string& zone() const { return zone_; }
  // Seconds that the place's clocks are ahead of UTC at that time.
  std::int64_t offset(std::int64_t unix_s) const;

 private:
  struct Change {
    std::int64_t from;  // unix time
    std::int64_t offset;
  };

  explicit Calendar(std::string zone)
      : zone_(std::move(zone)), changes_{{std::numeric_limits<std::int64_t>::min(), 0}} {}

  std::string zone_;
  std::vector<Change> changes_;  // in order; the first holds from ever on
};

// What a limit that begins anew with the calendar counts together. Values.
enum class Span : std::uint8_t { hour, day, week, month, total };  // a week begins on Monday; total never ends

struct Period {
  std::int32_t number = 0;  // since 1970, or months since the year 0; never 0; 1 for all of the total
  std::int64_t ends = 0;    // unix time in seconds, by the offset of now; the greatest number: never
};

// offset: of the place, as Calendar::offset() gives it.
Period period_of(Span span, std::int64_t unix_s, std::int64_t offset);

}  // namespace gatehouse::core
