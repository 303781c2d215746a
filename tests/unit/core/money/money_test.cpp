#include "core/money/money.h"

#include <gtest/gtest.h>

#include <limits>

namespace gatehouse::core {
namespace {

constexpr Price kPrice{150'000, 600'000, 75'000, 200'000, 900'000};

TEST(Money, PricesEachKindOfTokenApart) {
  EXPECT_EQ(cost(kPrice, {42, 38}), 42 * 150 + 38 * 600);
  EXPECT_EQ(cost(kPrice, {100, 50, 30, 20, 10}), 50 * 150 + 30 * 75 + 20 * 200 + 40 * 600 + 10 * 900);
  EXPECT_EQ(cost({}, {1000, 1000}), 0);
}

TEST(Money, RoundsUpAndNeverBelowZero) {
  EXPECT_EQ(cost({1, 0}, {1, 0}), 1);
  EXPECT_EQ(cost({1, 0}, {1000, 0}), 1);
  EXPECT_EQ(cost({1, 0}, {1001, 0}), 2);
  EXPECT_EQ(cost(kPrice, {10, 5, 99, 99, 99}), 10 * 75 + 5 * 900) << "more cached than there was";
}

TEST(Money, TheMostIsNeverLessThanWhatItComesTo) {
  EXPECT_EQ(most_cost(kPrice, 100, 50), 100 * 200 + 50 * 900);
  EXPECT_GE(most_cost(kPrice, 100, 50), cost(kPrice, {100, 50, 0, 100, 50}));
}

TEST(Money, TheDearestPriceIsNowhereBelowEither) {
  EXPECT_EQ(dearest({1, 20, 3, 4, 50}, {10, 2, 30, 4, 5}), (Price{10, 20, 30, 4, 50}));
}

TEST(Money, NeverOverflows) {
  constexpr auto kAll = std::numeric_limits<std::uint64_t>::max();
  const std::int64_t all = most_cost({1'000'000'000'000, 1'000'000'000'000}, kAll, kAll);
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
