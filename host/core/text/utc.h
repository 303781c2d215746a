// Times and days in UTC, as people and other programs read them. Functions without state; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace gatehouse::core {

// RFC 3339: "2027-01-31T00:00:00Z".
std::string utc_text(std::int64_t unix_seconds);

// "2027-01-31" and the days since 1970 began; nullopt when text is no such date.
std::string date_text(std::int32_t day);
std::optional<std::int32_t> day_of(const std::string& text);

}  // namespace gatehouse::core
