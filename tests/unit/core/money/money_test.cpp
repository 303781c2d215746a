#include "core/money/money.h"

#include <gtest/gtest.h>

#include <limits>

namespace gatehouse::core {
namespace {

constexpr Price kPrice{{150'000, 600'000, 75'000, 200'000, 900'000}};

TEST(Money, PricesEachKindOfTokenApart) {
  EXPECT_EQ(cost(kPrice, {42, 38}), 42 * 150 + 38 * 600);
  EXPECT_EQ(cost(kPrice, {100, 50, 30, 20, 10}), 50 * 150 + 30 * 75 + 20 * 200 + 40 * 600 + 10 * 900);
  EXPECT_EQ(cost({}, {1000, 1000}), 0);
}

TEST(Money, RoundsUpAndNeverBelowZero) {
  EXPECT_EQ(cost({{1, 0}}, {1, 0}), 1);
  EXPECT_EQ(cost({{1, 0}}, {1000, 0}), 1);
  EXPECT_EQ(cost({{1, 0}}, {1001, 0}), 2);
  EXPECT_EQ(cost(kPrice, {10, 5, 99, 99, 99}), 10 * 75 + 5 * 900) << "more cached than there was";
}

TEST(Money, TheMostIsNeverLessThanWhatItComesTo) {
  EXPECT_EQ(most_cost(kPrice, 100, 50), 100 * 200 + 50 * 900);
  EXPECT_GE(most_cost(kPrice, 100, 50), cost(kPrice, {100, 50, 0, 100, 50}));
}

TEST(Money, TheDearestPriceIsNowhereBelowEither) {
  EXPECT_EQ(dearest(Price{{1, 20, 3, 4, 50}}, Price{{10, 2, 30, 4, 5}}), (Price{{10, 20, 30, 4, 50}}));
}

TEST(Money, EachSpecialKindHasItsRate) {
  Price price = kPrice;
  price.cache_write_1h = 300'000;
  price.audio_input = 3'000'000;
  price.image_input = 500'000;
  price.audio_output = 6'000'000;
  price.per_request = 10'000;
  const Usage usage{.input = 1000, .output = 100, .cached = 100, .cache_write = 200, .reasoning = 10,
                    .cache_write_1h = 50, .audio_input = 300, .image_input = 40, .audio_output = 20};
  EXPECT_EQ(cost(price, usage), 10'000 + 100 * 75 + 150 * 200 + 50 * 300 + 300 * 3000 + 40 * 500 + 360 * 150 +
                                    10 * 900 + 20 * 6000 + 70 * 600);
  EXPECT_EQ(cost(price, {}), 10'000);
  EXPECT_EQ(cost(price, {.input = 10, .cached = 8, .cache_write = 9, .cache_write_1h = 99, .audio_input = 99}),
            10'000 + 8 * 75 + 2 * 300) << "none is more than what is left";
  EXPECT_EQ(most_cost(price, 100, 50), 10'000 + 100 * 3000 + 50 * 6000);
}

TEST(Money, ATierIsThePriceOfAllTokens) {
  Price price = kPrice;
  price.per_request = 7'000;
  price.tiers = {{1000, {300'000, 900'000, 150'000}}, {2000, {600'000, 1'200'000}}};
  EXPECT_EQ(cost(price, {1000, 10}), 7'000 + 1000 * 150 + 10 * 600) << "not above";
  EXPECT_EQ(cost(price, {1001, 10, 500}), 7'000 + 501 * 300 + 500 * 150 + 10 * 900);
  EXPECT_EQ(cost(price, {2001, 10}), 7'000 + 2001 * 600 + 10 * 1200);
}

TEST(Money, TheMostIsThatOfTheDearestTierInReach) {
  Price price{{100'000, 200'000}};
  price.tiers = {{1000, {300'000, 900'000}}, {2000, {200'000, 400'000}}};
  EXPECT_EQ(most_cost(price, 800, 10), 800 * 100 + 10 * 200);
  EXPECT_EQ(most_cost(price, 801, 10), 801 * 300 + 10 * 900) << "a quarter more is above 1000";
  EXPECT_EQ(most_cost(price, 5000, 10), 5000 * 300 + 10 * 900) << "there may be less, too";
  EXPECT_EQ(most_output_rate(price, 800), 200'000);
  EXPECT_EQ(most_output_rate(price, 801), 900'000);
  for (std::uint64_t input = 1; input < 3000; ++input) {
    ASSERT_GE(most_cost(price, input, 10), cost(price, {input, 10, input / 2, input / 2, 5}));
  }
}

TEST(Money, TheDearestOfTwoWithTiersIsNowhereBelowEither) {
  Price one{{100, 2000}}, other{{1000, 200}};
  one.tiers = {{50, {500, 4000}}, {200, {5000, 4000}}};
  one.per_request = 3;
  other.tiers = {{100, {3000, 100}}};
  const Price both = dearest(one, other);
  EXPECT_EQ(both.per_request, 3);
  for (std::uint64_t input = 1; input < 300; ++input) {
    const Usage usage{input, 1};
    const std::int64_t all = cost(both, {input, 0}) + cost(both, {0, 1});
    ASSERT_GE(cost(both, usage), std::max(cost(one, usage), cost(other, usage))) << input;
    ASSERT_GE(all, cost(both, usage) - 3) << input;
  }
  EXPECT_EQ(dearest(Price{}, one), one);
}

TEST(Money, WhatIsNotGivenIsWhatStandsInForIt) {
  GivenRates given;
  given[0] = 10;
  given[1] = 20;
  EXPECT_EQ(resolved(given), (Rates{10, 20, 10, 10, 20, 10, 10, 20, 10}));
  given[3] = 12;  // cache_write
  EXPECT_EQ(resolved(given).cache_write_1h, 12);
  EXPECT_EQ(resolved(given).cached, 10);
}

TEST(Money, NeverOverflows) {
  constexpr auto kAll = std::numeric_limits<std::uint64_t>::max();
  const std::int64_t all = most_cost({{1'000'000'000'000, 1'000'000'000'000}}, kAll, kAll);
  EXPECT_GT(all, 0);
  EXPECT_GT(all + all, 0);
}

TEST(Money, IsShownExactly) {
  EXPECT_EQ(dollars(0), "0");
  EXPECT_EQ(dollars(20'000'000'000), "20");
  EXPECT_EQ(dollars(42'000), "0.000042");
  EXPECT_EQ(dollars(-1'500'000'000), "-1.5");
}

}  // namespace
}  // namespace gatehouse::core
