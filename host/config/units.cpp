#include "config/units.h"

#include <array>
#include <charconv>
#include <limits>
#include <span>
#include <string>
#include <utility>

namespace gatehouse::config {
namespace {

using Unit = std::pair<std::string_view, std::uint64_t>;

constexpr std::array<Unit, 8> kSizes{{{"", 1},
                                      {"B", 1},
                                      {"KiB", 1ull << 10},
                                      {"MiB", 1ull << 20},
                                      {"GiB", 1ull << 30},
                                      {"KB", 1'000},
                                      {"MB", 1'000'000},
                                      {"GB", 1'000'000'000}}};
constexpr std::array<Unit, 4> kDurations{{{"ms", 1}, {"s", 1'000}, {"m", 60'000}, {"h", 3'600'000}}};

template <class T>
std::optional<T> parse_all(std::string_view text) {
  T value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

// Digits and one of the units; nothing else, and no overflow of an int64.
std::optional<std::uint64_t> parse_with_unit(std::string_view text, std::span<const Unit> units) {
  const std::size_t digits = std::min(text.find_first_not_of("0123456789"), text.size());
  const auto count = parse_all<std::uint64_t>(text.substr(0, digits));
  if (!count) return std::nullopt;
  std::string_view rest = text.substr(digits);
  if (rest.starts_with(' ')) rest.remove_prefix(1);
  for (const auto& [name, factor] : units) {
    if (rest != name) continue;
    if (*count > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max()) / factor) return std::nullopt;
    return *count * factor;
  }
  return std::nullopt;
}

}  // namespace

std::optional<std::int64_t> parse_integer(std::string_view text) { return parse_all<std::int64_t>(text); }

std::optional<std::uint64_t> parse_size(std::string_view text) { return parse_with_unit(text, kSizes); }

std::optional<std::chrono::milliseconds> parse_duration(std::string_view text) {
  const auto milliseconds = parse_with_unit(text, kDurations);
  if (!milliseconds) return std::nullopt;
  return std::chrono::milliseconds(static_cast<std::int64_t>(*milliseconds));
}

std::optional<std::int64_t> parse_dollars(std::string_view text) {
  constexpr std::size_t kDecimals = 9;
  constexpr std::int64_t kMostDollars = 4'000'000;
  const std::size_t point = std::min(text.find('.'), text.size());
  const auto dollars = parse_all<std::uint32_t>(text.substr(0, point));
  if (!dollars || *dollars > kMostDollars) return std::nullopt;
  std::string decimals(text.substr(std::min(point + 1, text.size())));
  if (point != text.size() && (decimals.empty() || decimals.size() > kDecimals)) return std::nullopt;
  decimals.resize(kDecimals, '0');
  const auto fraction = parse_all<std::uint32_t>(decimals);
  if (!fraction) return std::nullopt;
  return std::int64_t{*dollars} * 1'000'000'000 + *fraction;
}

}  // namespace gatehouse::config
