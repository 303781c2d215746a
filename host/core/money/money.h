// Money as integers: a token may cost a fraction of a micro-dollar, so amounts are in nano-dollars
// and prices in micro-dollars per million tokens. Values.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/money/rates.h"
#include "core/money/usage.h"

namespace gatehouse::core {

constexpr std::int64_t kNanodollarsPerDollar = 1'000'000'000;

// What all tokens of a request cost whose input is above so many.
struct PriceTier {
  std::uint64_t above = 0;
  Rates rates;

  bool operator==(const PriceTier&) const = default;
};

// What a model costs.
struct Price : Rates {
  std::int64_t per_request = 0;       // in nano-dollars
  std::vector<PriceTier> tiers = {};  // ascending

  bool operator==(const Price&) const = default;
};

// What one request came to, in nano-dollars, rounded up; never below 0. What is of two kinds counts as the first of:
// cached, written to a cache, audio, image; reasoning, audio.
std::int64_t cost(const Price& price, const Usage& usage);
// The most a request can cost whose tokens are estimated at so many, of whatever kind they turn out to be. Its tier is
// the dearest that it may reach: there may be a quarter more of the input than was estimated.
std::int64_t most_cost(const Price& price, std::uint64_t input, std::uint64_t output);
// The most that one token of its output can cost, in micro-dollars per million.
std::int64_t most_output_rate(const Price& price, std::uint64_t input);

// A price that is nowhere below either, whatever the request.
Price dearest(const Price& one, const Price& other);

// "12.5", "0.000042": dollars without needless zeros.
std::string dollars(std::int64_t nanodollars);

}  // namespace gatehouse::core
