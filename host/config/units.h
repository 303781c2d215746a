// Numbers as people write them in configuration. Each function takes the whole text or nothing.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>

namespace gatehouse::config {

std::optional<std::int64_t> parse_integer(std::string_view text);                // 42, -1
std::optional<std::uint64_t> parse_size(std::string_view text);                  // 512, 512KiB, 10MiB, 1MB
std::optional<std::chrono::milliseconds> parse_duration(std::string_view text);  // 500ms, 60s, 2m, 1h

// Dollars with up to nine decimals, exactly, in nano-dollars: 20, 0.5, 0.000042.
std::optional<std::int64_t> parse_dollars(std::string_view text);

}  // namespace gatehouse::config
