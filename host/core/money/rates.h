// What each kind of token costs, and which kinds there are. Plain values.
//
// A new kind is a field of Rates and a row of kRates, in this file, a count in Usage, and a line of cost() (money.cpp).
// The configuration, the price file and the most that tokens can cost read the table.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <iterator>
#include <optional>
#include <string_view>

namespace gatehouse::core {

// In micro-dollars per million tokens.
struct Rates {
  std::int64_t input = 0;
  std::int64_t output = 0;
  std::int64_t cached = 0;          // of the input, what came from a cache
  std::int64_t cache_write = 0;     // of the input, what was put into one
  std::int64_t reasoning = 0;       // of the output
  std::int64_t cache_write_1h = 0;  // of what was put into a cache, what stays there for an hour
  std::int64_t audio_input = 0;
  std::int64_t audio_output = 0;
  std::int64_t image_input = 0;

  bool operator==(const Rates&) const = default;
};

struct RateInfo {
  std::string_view name;  // in the configuration
  std::int64_t Rates::*rate;
  std::int64_t Rates::*otherwise;  // what it is where none is given; nullptr: it has to be
  bool of_input;
};

// One that stands in for others comes before them.
inline constexpr RateInfo kRates[] = {
    {"input", &Rates::input, nullptr, true},
    {"output", &Rates::output, nullptr, false},
    {"cached", &Rates::cached, &Rates::input, true},
    {"cache_write", &Rates::cache_write, &Rates::input, true},
    {"cache_write_1h", &Rates::cache_write_1h, &Rates::cache_write, true},
    {"reasoning", &Rates::reasoning, &Rates::output, false},
    {"audio_input", &Rates::audio_input, &Rates::input, true},
    {"audio_output", &Rates::audio_output, &Rates::output, false},
    {"image_input", &Rates::image_input, &Rates::input, true},
};
inline constexpr std::size_t kRateCount = std::size(kRates);

static_assert(sizeof(Rates) == kRateCount * sizeof(std::int64_t), "each rate has its row");

// Those that somebody has named, in the order of kRates.
using GivenRates = std::array<std::optional<std::int64_t>, kRateCount>;

// One that is not named is what stands in for it.
inline Rates resolved(const GivenRates& given) {
  Rates rates;
  for (std::size_t i = 0; i < kRateCount; ++i) {
    const RateInfo& row = kRates[i];
    rates.*row.rate = given[i].value_or(row.otherwise != nullptr ? rates.*row.otherwise : 0);
  }
  return rates;
}

// Nowhere below either.
inline Rates dearest(const Rates& one, const Rates& other) {
  Rates rates;
  for (const RateInfo& row : kRates) rates.*row.rate = std::max(one.*row.rate, other.*row.rate);
  return rates;
}

}  // namespace gatehouse::core
