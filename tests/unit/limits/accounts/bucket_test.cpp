#include "limits/accounts/bucket.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

namespace gatehouse::limits {
namespace {

constexpr std::int64_t kSecond = 1'000'000'000;
constexpr std::int64_t kMinute = 60 * kSecond;

TEST(Bucket, HoldsOneMinutesWorthAndRefillsContinuously) {
  const Rate rate(60);
  Bucket bucket;
  for (int i = 0; i < 60; ++i) EXPECT_TRUE(bucket.take(rate, 1, 0)) << i;
  EXPECT_FALSE(bucket.take(rate, 1, 0));
  EXPECT_EQ(bucket.remaining(rate, 0), 0);
  EXPECT_EQ(bucket.until(rate, 1, 0), kSecond);
  EXPECT_EQ(bucket.until_full(rate, 0), kMinute);
  EXPECT_FALSE(bucket.take(rate, 1, kSecond - 1));
  EXPECT_TRUE(bucket.take(rate, 1, kSecond));
  EXPECT_EQ(bucket.remaining(rate, 11 * kSecond), 10);
  EXPECT_EQ(bucket.remaining(rate, 1000 * kMinute), 60);
}

TEST(Bucket, TakesAllOrNothing) {
  const Rate rate(100);
  Bucket bucket;
  EXPECT_TRUE(bucket.take(rate, 60, 0));
  EXPECT_FALSE(bucket.take(rate, 41, 0));
  EXPECT_EQ(bucket.remaining(rate, 0), 40);
  EXPECT_TRUE(bucket.take(rate, 40, 0));
  EXPECT_FALSE(Bucket().take(rate, 101, 0));
}

TEST(Bucket, RemembersADebtUntilItIsPaidOff) {
  const Rate rate(100);
  Bucket bucket;
  bucket.charge(rate, 150, 0);
  EXPECT_EQ(bucket.remaining(rate, 0), -50);
  EXPECT_EQ(bucket.until(rate, 1, 0), kMinute * 51 / 100);
  bucket.charge(rate, 1'000'000, 0);
  EXPECT_EQ(bucket.remaining(rate, 0), -1'000'050);
  EXPECT_EQ(bucket.until_full(rate, 0), 10'001 * kMinute + kMinute / 2);
  EXPECT_FALSE(bucket.take(rate, 1, 10'000 * kMinute));
  EXPECT_TRUE(bucket.take(rate, 1, 10'001 * kMinute));
  for (int i = 0; i < 3; ++i) bucket.charge(rate, std::numeric_limits<std::int64_t>::max(), 0);
  EXPECT_EQ(bucket.until_full(rate, 0), Rate::kMostDebt) << "sums stay in range";
}

TEST(Bucket, GivesBackNoMoreThanItHolds) {
  const Rate rate(100);
  Bucket bucket;
  EXPECT_TRUE(bucket.take(rate, 30, 0));
  bucket.charge(rate, -1'000, 0);
  EXPECT_EQ(bucket.remaining(rate, 0), 100);
  EXPECT_FALSE(bucket.take(rate, 101, 0));
}

// Limits that do not divide a minute, that want many units per nanosecond, and the extremes.
class AnyRate : public testing::TestWithParam<std::int64_t> {};

TEST_P(AnyRate, AdmitsExactlyItsLimitFromFull) {
  const std::int64_t limit = GetParam();
  const Rate rate(limit);
  const std::int64_t now = 3'141'592'653'589'793;  // 36 days after boot
  Bucket bucket;
  const std::int64_t step = std::max<std::int64_t>(1, limit / 1000);
  std::int64_t admitted = 0;
  while (bucket.take(rate, step, now)) admitted += step;
  EXPECT_EQ(admitted, limit / step * step);
  EXPECT_EQ(bucket.remaining(rate, now), limit - admitted);
}

TEST_P(AnyRate, RefillsExactlyItsLimitPerMinuteForever) {
  const std::int64_t limit = GetParam();
  const Rate rate(limit);
  Bucket bucket;
  ASSERT_TRUE(bucket.take(rate, limit, 0));
  std::mt19937_64 random(1);
  std::int64_t now = 0;
  std::int64_t admitted = 0;
  const std::int64_t piece = std::max<std::int64_t>(1, limit / 7);
  while (now < 1000 * kMinute) {  // always empty enough that nothing overflows
    now += bucket.until(rate, piece, now);
    ASSERT_TRUE(bucket.take(rate, piece, now)) << now;
    admitted += piece;
  }
  const auto earned = static_cast<long double>(limit) * static_cast<long double>(now) / kMinute;
  EXPECT_LE(static_cast<long double>(admitted), earned);
  EXPECT_NEAR(static_cast<double>(admitted / earned), 1.0, 1e-3);
}

TEST_P(AnyRate, WhatIsGivenBackCancelsExactly) {
  const std::int64_t limit = GetParam();
  const Rate rate(limit);
  Bucket bucket;
  std::mt19937_64 random(2);
  std::uniform_int_distribution<std::int64_t> amounts(1, limit);
  bucket.charge(rate, limit / 2, 1'000);
  const std::int64_t before = bucket.until_full(rate, 1'000);
  for (int i = 0; i < 10'000; ++i) {
    const std::int64_t amount = amounts(random);
    if (bucket.take(rate, amount, 1'000)) bucket.charge(rate, -amount, 1'000);
  }
  EXPECT_EQ(bucket.until_full(rate, 1'000), before);
}

TEST_P(AnyRate, WaitingAsToldIsEnough) {
  const Rate rate(GetParam());
  std::mt19937_64 random(3);
  std::uniform_int_distribution<std::int64_t> amounts(1, GetParam());
  Bucket bucket;
  std::int64_t now = 17;
  for (int i = 0; i < 10'000; ++i) {
    const std::int64_t amount = amounts(random);
    const std::int64_t wait = bucket.until(rate, amount, now);
    if (wait > 1) {
      ASSERT_FALSE(bucket.take(rate, amount, now + wait - 2)) << "told to wait longer than needed";
    }
    now += wait;
    ASSERT_TRUE(bucket.take(rate, amount, now)) << amount;
  }
}

INSTANTIATE_TEST_SUITE_P(Limits, AnyRate,
                         testing::Values(1, 7, 60, 100, 999, 10'000, 1'000'003, 59'999'999'999, 60'000'000'000,
                                         60'000'000'001, 123'456'789'012, Rate::kMost));

// The bucket as its definition has it: a balance and a clock, in exact units of a 60 000 000 000th.
class Simulator {
 public:
  explicit Simulator(std::int64_t limit) : limit_(limit), full_(Wide{limit} * kMinute), balance_(full_) {}

  bool take(std::int64_t amount, std::int64_t now) {
    refill(now);
    if (balance_ < Wide{amount} * kMinute) return false;
    balance_ -= Wide{amount} * kMinute;
    return true;
  }
  void charge(std::int64_t amount, std::int64_t now) {
    refill(now);
    balance_ = std::min(balance_ - Wide{amount} * kMinute, full_);
  }
  std::int64_t remaining(std::int64_t now) {
    refill(now);
    Wide whole = balance_ / kMinute;
    if (balance_ % kMinute < 0) --whole;
    return static_cast<std::int64_t>(whole);
  }

 private:
  __extension__ using Wide = __int128;
  void refill(std::int64_t now) {
    balance_ = std::min(full_, balance_ + Wide{now - at_} * limit_);
    at_ = now;
  }

  std::int64_t limit_;
  Wide full_;
  Wide balance_;
  std::int64_t at_ = 0;
};

// Where the limit divides a minute a tick is a nanosecond, so the two agree to the last unit.
TEST(Bucket, AgreesWithASimulatorOverManyOperations) {
  for (const std::int64_t limit : {1, 60, 1'000, 100'000, 60'000'000}) {
    const Rate rate(limit);
    Bucket bucket;
    Simulator simulator(limit);
    std::mt19937_64 random(static_cast<std::uint64_t>(limit));
    std::int64_t now = 0;
    for (int i = 0; i < 200'000; ++i) {
      now += static_cast<std::int64_t>(random() % static_cast<std::uint64_t>(kMinute / limit * 3 + 7));
      const auto amount = static_cast<std::int64_t>(random() % static_cast<std::uint64_t>(limit + limit / 8 + 1));
      switch (random() % 4) {
        case 0:
        case 1: ASSERT_EQ(bucket.take(rate, amount, now), simulator.take(amount, now)) << limit << " op " << i; break;
        case 2:
          bucket.charge(rate, amount, now);
          simulator.charge(amount, now);
          break;
        default:
          bucket.charge(rate, -amount, now);
          simulator.charge(-amount, now);
          break;
      }
      ASSERT_EQ(bucket.remaining(rate, now), simulator.remaining(now)) << limit << " op " << i;
    }
  }
}

}  // namespace
}  // namespace gatehouse::limits
