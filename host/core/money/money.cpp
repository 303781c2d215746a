#include "core/money/money.h"

#include <algorithm>
#include <limits>

namespace gatehouse::core {
namespace {

__extension__ using Wide = __int128;

constexpr std::int64_t kPicodollars = 1000;  // per nano-dollar; a token costs its price in pico-dollars
constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max() / 4;  // sums stay in range

std::int64_t rounded_up(Wide picodollars) {
  return static_cast<std::int64_t>(std::min<Wide>((picodollars + kPicodollars - 1) / kPicodollars, kMost));
}

Wide priced(std::uint64_t tokens, std::int64_t price) { return Wide{tokens} * price; }

}  // namespace

std::int64_t cost(const Price& price, const Usage& usage) {
  const std::uint64_t cached = std::min(usage.cached, usage.input);
  const std::uint64_t written = std::min(usage.cache_write, usage.input - cached);
  const std::uint64_t reasoning = std::min(usage.reasoning, usage.output);
  return rounded_up(priced(usage.input - cached - written, price.input) + priced(cached, price.cached) +
                    priced(written, price.cache_write) + priced(usage.output - reasoning, price.output) +
                    priced(reasoning, price.reasoning));
}

std::int64_t most_cost(const Price& price, std::uint64_t input, std::uint64_t output) {
  return rounded_up(priced(input, std::max({price.input, price.cached, price.cache_write})) +
                    priced(output, std::max(price.output, price.reasoning)));
}

Price dearest(const Price& one, const Price& other) {
  return {std::max(one.input, other.input), std::max(one.output, other.output), std::max(one.cached, other.cached),
          std::max(one.cache_write, other.cache_write), std::max(one.reasoning, other.reasoning)};
}

std::string dollars(std::int64_t nanodollars) {
  const bool negative = nanodollars < 0;
  const std::uint64_t amount = negative ? 0 - static_cast<std::uint64_t>(nanodollars) : nanodollars;
  std::string fraction = std::to_string(kNanodollarsPerDollar + amount % kNanodollarsPerDollar).substr(1);
  fraction.erase(fraction.find_last_not_of('0') + 1);
  std::string text = (negative ? "-" : "") + std::to_string(amount / kNanodollarsPerDollar);
  return fraction.empty() ? text : text + "." + fraction;
}

}  // namespace gatehouse::core
