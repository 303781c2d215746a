#include "limits/reservation.h"

#include <gtest/gtest.h>

#include <utility>
#include <vector>

#include "fake_clock.h"
#include "limits/ledger.h"

namespace gatehouse::limits {
namespace {

constexpr Subject kDev{"dev", "", "m"};

class ReservationTest : public testing::Test {
 protected:
  Reservation reserve(std::uint64_t input, std::uint64_t output = 0) {
    auto reservation = ledger_.reserve(kDev, {input, output});
    EXPECT_TRUE(reservation.ok()) << reservation.status().message();
    return *std::move(reservation);
  }
  std::int64_t tokens() const { return ledger_.quotas(kDev)[Dimension::tokens].remaining; }
  std::int64_t requests() const { return ledger_.quotas(kDev)[Dimension::requests].remaining; }
  bool slot_free() { return ledger_.reserve(kDev, {}).ok(); }  // leaves one request counted

  FakeClock clock_;
  const std::vector<core::LimitRule> rules_{
      {.per = Scope::client, .requests_per_minute = 100, .tokens_per_minute = 1000, .concurrent = 1}};
  Ledger ledger_{rules_, clock_.clock()};
};

TEST_F(ReservationTest, SettlesOnceWithWhatWasUsed) {
  Reservation reservation = reserve(100, 200);
  EXPECT_EQ(reservation.tokens(), 300u);
  EXPECT_EQ(tokens(), 700);
  reservation.settle(120);
  EXPECT_EQ(tokens(), 880);
  reservation.settle(500);
  reservation.release();
  EXPECT_EQ(tokens(), 880);
  EXPECT_EQ(requests(), 99);
  EXPECT_TRUE(slot_free());
}

TEST_F(ReservationTest, ExplicitZeroIsZero) {
  reserve(100).settle(0);
  EXPECT_EQ(tokens(), 1000);
  EXPECT_EQ(requests(), 99);
}

TEST_F(ReservationTest, MoreThanReservedLeavesDebt) {
  reserve(100).settle(1500);
  EXPECT_EQ(tokens(), 0) << "what is told is never below 0";
  const auto refused = ledger_.reserve(kDev, {1, 0});
  EXPECT_EQ(refused.status().failure().retry_after, std::chrono::milliseconds(30'060));  // 501 tokens
}

TEST(ReservationOfAKey, WithALimitOfItsOwnIsNotTooLargeForThatOfEveryKey) {
  FakeClock clock;
  Ledger ledger(std::vector<core::LimitRule>{{.per = Scope::key, .tokens_per_day = 100}}, clock.clock());
  const core::LimitRule own{.per = Scope::key, .tokens_per_day = 1000};
  EXPECT_TRUE(ledger.reserve({.client = "dev", .key = "k", .model = "m", .own = &own}, {400, 99}).ok());
  EXPECT_FALSE(ledger.reserve({.client = "dev", .key = "k2", .model = "m"}, {400, 99}).ok());
}

TEST_F(ReservationTest, ReleaseGivesTheRequestBackToo) {
  reserve(100).release();
  EXPECT_EQ(tokens(), 1000);
  EXPECT_EQ(requests(), 100);
  EXPECT_TRUE(slot_free());
}

TEST_F(ReservationTest, DroppedItStaysChargedButFreesItsSlot) {
  { const Reservation reservation = reserve(100, 100); }
  EXPECT_EQ(tokens(), 800);
  EXPECT_EQ(requests(), 99);
  EXPECT_TRUE(slot_free());
}

TEST_F(ReservationTest, DroppedACappedOneStaysCapped) {
  { const Reservation reservation = reserve(10, 1'000'000); }
  EXPECT_EQ(ledger_.quotas(kDev)[Dimension::tokens].reset, std::chrono::nanoseconds(60'000'000'000)) << "no debt";
}

TEST_F(ReservationTest, MovesCarryTheDutyAlong) {
  Reservation first = reserve(100);
  Reservation second = std::move(first);
  EXPECT_FALSE(ledger_.reserve(kDev, {}).ok()) << "the slot is still taken";
  first.settle(500);  // NOLINT(bugprone-use-after-move): has nothing left to settle
  first.release();
  EXPECT_EQ(tokens(), 900);
  Reservation third;
  third = std::move(second);
  third.settle(10);
  EXPECT_EQ(tokens(), 990);
  third = reserve(100);
  third = Reservation();
  EXPECT_EQ(tokens(), 890);
  EXPECT_TRUE(slot_free());
}

TEST_F(ReservationTest, NothingIsReservedByDefault) {
  Reservation nothing;
  nothing.settle(5);
  nothing.release();
  EXPECT_EQ(nothing.quotas()[Dimension::tokens].limit, 0);
  EXPECT_EQ(nothing.tokens(), 0u);
}

TEST_F(ReservationTest, QuotasAreNeverNegativeAndResetOnlyGrowsWithUse) {
  std::chrono::nanoseconds last{0};
  for (int i = 0; i < 20; ++i) {
    auto reservation = ledger_.reserve(kDev, {10, 0});
    if (!reservation.ok()) break;
    const core::Quotas quotas = reservation->quotas();
    EXPECT_GE(quotas[Dimension::tokens].remaining, 0);
    EXPECT_GE(quotas[Dimension::tokens].reset, last);
    EXPECT_EQ(quotas[Dimension::requests].limit, 100);
    EXPECT_EQ(quotas[Dimension::requests].remaining, 99 - i);
    EXPECT_EQ(quotas[Dimension::tokens].limit, 1000);
    reservation->settle(200);
    EXPECT_GE(reservation->quotas()[Dimension::tokens].remaining, 0);
    last = reservation->quotas()[Dimension::tokens].reset;
  }
  EXPECT_EQ(last, std::chrono::seconds(60));
}

TEST(Quotas, AreOfTheTightestRule) {
  FakeClock clock;
  const std::vector<core::LimitRule> rules{{.per = Scope::client, .requests_per_minute = 10, .tokens_per_minute = 1000},
                                           {.per = Scope::global, .requests_per_minute = 5, .tokens_per_minute = 5000}};
  Ledger ledger(rules, clock.clock());
  const auto reservation = ledger.reserve(kDev, {100, 0});
  ASSERT_TRUE(reservation.ok());
  EXPECT_EQ(reservation->quotas()[Dimension::requests].limit, 5);
  EXPECT_EQ(reservation->quotas()[Dimension::requests].remaining, 4);
  EXPECT_EQ(reservation->quotas()[Dimension::tokens].limit, 1000);
  EXPECT_EQ(reservation->quotas()[Dimension::tokens].remaining, 900);
  EXPECT_EQ(reservation->quotas()[Dimension::requests].reset, std::chrono::seconds(12));
}

}  // namespace
}  // namespace gatehouse::limits
