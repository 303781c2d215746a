#include "config/yaml/units.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <string>
#include <system_error>

namespace gatehouse::config {
namespace {

template <class T>
std::optional<T> parse_all(std::string_view text) {
  T value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

}  // namespace

std::optional<std::int64_t> parse_integer(std::string_view text) { return parse_all<std::int64_t>(text); }

std::optional<double> parse_number(std::string_view text) {
  const auto value = parse_all<double>(text);
  if (!value || !std::isfinite(*value)) return std::nullopt;
  return value;
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
