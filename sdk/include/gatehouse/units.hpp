// Reading quantities as people write them: sizes ("512", "64KiB", "10MB") and durations ("500ms",
// "30s", "5m", "1h", "7d"). nullopt when the text is none, or too large. Functions; any thread.
#pragma once

#include <charconv>
#include <chrono>
#include <cstdint>
#include <limits>
#include <optional>
#include <string_view>
#include <system_error>
#include <utility>

namespace gatehouse {
namespace detail {

struct Unit {
  std::string_view name;
  std::uint64_t factor;
};

// A whole number and a unit from the list, with nothing between but at most one space.
template <std::size_t N>
std::optional<std::uint64_t> parse_quantity(std::string_view text, const Unit (&units)[N], std::uint64_t most) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc()) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  if (text.size() > 1 && text.front() == ' ') text.remove_prefix(1);
  for (const Unit& unit : units) {
    if (text != unit.name) continue;
    if (number > most / unit.factor) return std::nullopt;
    return number * unit.factor;
  }
  return std::nullopt;
}

}  // namespace detail

// Bytes. KiB, MiB, GiB are powers of 1024; kB, KB, MB, GB of 1000; no unit means bytes.
inline std::optional<std::uint64_t> parse_size(std::string_view text) {
  constexpr detail::Unit units[] = {{"", 1},      {"B", 1},     {"KiB", 1u << 10}, {"MiB", 1u << 20}, {"GiB", 1u << 30},
                                    {"kB", 1000}, {"KB", 1000}, {"MB", 1000000},   {"GB", 1000000000}};
  return detail::parse_quantity(text, units, std::numeric_limits<std::int64_t>::max());
}

// A unit is needed: "30" says nothing.
inline std::optional<std::chrono::milliseconds> parse_duration(std::string_view text) {
  constexpr detail::Unit units[] = {{"ms", 1}, {"s", 1000}, {"m", 60000}, {"h", 3600000}, {"d", 86400000}};
  const auto ms = detail::parse_quantity(text, units, std::numeric_limits<std::int64_t>::max());
  if (!ms) return std::nullopt;
  return std::chrono::milliseconds(static_cast<std::int64_t>(*ms));
}

}  // namespace gatehouse
