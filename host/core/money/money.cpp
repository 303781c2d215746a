#include "core/money/money.h"

#include <algorithm>
#include <limits>
#include <set>

namespace gatehouse::core {
namespace {

__extension__ using Wide = __int128;

constexpr std::int64_t kPicodollars = 1000;  // per nano-dollar; a token costs its price in pico-dollars
constexpr int kReachParts = 4;  // an input may turn out to be longer than its estimate by one part of so many
constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max() / 4;  // sums stay in range

std::int64_t rounded_up(Wide picodollars) {
  return static_cast<std::int64_t>(std::min<Wide>((picodollars + kPicodollars - 1) / kPicodollars, kMost));
}

Wide priced(std::uint64_t tokens, std::int64_t price) { return Wide{tokens} * price; }

// So many of what is left, at most.
std::uint64_t take(std::uint64_t& left, std::uint64_t wanted) {
  const std::uint64_t taken = std::min(left, wanted);
  left -= taken;
  return taken;
}

const Rates& rates_of(const Price& price, std::uint64_t input) {
  const Rates* rates = &price;
  for (const PriceTier& tier : price.tiers) {
    if (input > tier.above) rates = &tier.rates;
  }
  return *rates;
}

// Nowhere below those of any tier that an input may reach which is estimated at so many tokens.
Rates dearest_of(const Price& price, std::uint64_t input) {
  Rates rates = price;
  for (const PriceTier& tier : price.tiers) {
    if (Wide{input} * (kReachParts + 1) > Wide{tier.above} * kReachParts) rates = dearest(rates, tier.rates);
  }
  return rates;
}

std::int64_t dearest_kind(const Rates& rates, bool of_input) {
  std::int64_t most = 0;
  for (const RateInfo& row : kRates) {
    if (row.of_input == of_input) most = std::max(most, rates.*row.rate);
  }
  return most;
}

Wide cost_of_input(const Rates& rates, const Usage& usage) {
  std::uint64_t left = usage.input;
  Wide sum = priced(take(left, usage.cached), rates.cached);
  const std::uint64_t for_an_hour = std::min(usage.cache_write_1h, usage.cache_write);
  sum += priced(take(left, for_an_hour), rates.cache_write_1h);
  sum += priced(take(left, usage.cache_write - for_an_hour), rates.cache_write);
  sum += priced(take(left, usage.audio_input), rates.audio_input);
  sum += priced(take(left, usage.image_input), rates.image_input);
  return sum + priced(left, rates.input);
}

Wide cost_of_output(const Rates& rates, const Usage& usage) {
  std::uint64_t left = usage.output;
  Wide sum = priced(take(left, usage.reasoning), rates.reasoning);
  sum += priced(take(left, usage.audio_output), rates.audio_output);
  return sum + priced(left, rates.output);
}

// What the dearer of the two costs that an input of more than so many tokens may have.
Rates dearest_above(const Price& one, const Price& other, std::uint64_t above) {
  return dearest(rates_of(one, above + 1), rates_of(other, above + 1));
}

}  // namespace

std::int64_t cost(const Price& price, const Usage& usage) {
  const Rates& rates = rates_of(price, usage.input);
  return rounded_up(cost_of_input(rates, usage) + cost_of_output(rates, usage) + Wide{price.per_request} * kPicodollars);
}

std::int64_t most_cost(const Price& price, std::uint64_t input, std::uint64_t output) {
  const Rates rates = dearest_of(price, input);
  return rounded_up(priced(input, dearest_kind(rates, true)) + priced(output, dearest_kind(rates, false)) +
                    Wide{price.per_request} * kPicodollars);
}

std::int64_t most_output_rate(const Price& price, std::uint64_t input) {
  return dearest_kind(dearest_of(price, input), false);
}

Price dearest(const Price& one, const Price& other) {
  Price price{dearest(static_cast<const Rates&>(one), static_cast<const Rates&>(other)),
              std::max(one.per_request, other.per_request)};
  std::set<std::uint64_t> steps;
  for (const Price* each : {&one, &other}) {
    for (const PriceTier& tier : each->tiers) steps.insert(tier.above);
  }
  for (const std::uint64_t above : steps) price.tiers.push_back({above, dearest_above(one, other, above)});
  return price;
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
