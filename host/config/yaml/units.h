// Reads numbers as people write them in a configuration; sizes and durations as plugins read theirs. Each function
// takes the whole text or nothing. Pure functions; any thread.
#pragma once

#include <cstdint>
#include <gatehouse/units.hpp>
#include <optional>
#include <string_view>

namespace gatehouse::config {

std::optional<std::int64_t> parse_integer(std::string_view text);  // 42, -1
std::optional<double> parse_number(std::string_view text);         // 0.15, 3, 1e-3; finite

// Dollars with up to nine decimals, exactly, in nano-dollars: 20, 0.5, 0.000042.
std::optional<std::int64_t> parse_dollars(std::string_view text);

}  // namespace gatehouse::config
