// Money as integers: a token may cost a fraction of a micro-dollar, so amounts are in nano-dollars
// and prices in micro-dollars per million tokens. Values.
#pragma once

#include <cstdint>
#include <string>

#include "core/money/usage.h"

namespace gatehouse::core {

constexpr std::int64_t kNanodollarsPerDollar = 1'000'000'000;

// What a model's tokens cost, in micro-dollars per million.
struct Price {
  std::int64_t input = 0;
  std::int64_t output = 0;
  std::int64_t cached = 0;       // of the input, what came from a cache
  std::int64_t cache_write = 0;  // of the input, what was put into one
  std::int64_t reasoning = 0;    // of the output

  bool operator==(const Price&) const = default;
};

// In nano-dollars, rounded up; never below 0.
std::int64_t cost(const Price& price, const Usage& usage);
// The most this many tokens can cost, of whatever kind they turn out to be.
std::int64_t most_cost(const Price& price, std::uint64_t input, std::uint64_t output);

// A price that is nowhere below either.
Price dearest(const Price& one, const Price& other);

// "12.5", "0.000042": dollars without needless zeros.
std::string dollars(std::int64_t nanodollars);

}  // namespace gatehouse::core
