#include "limits/ledger.h"

#include <gtest/gtest.h>

#include <vector>

#include "fake_clock.h"

namespace gatehouse::limits {
namespace {

using core::LimitRule;

constexpr Subject kWeb{"web", "k1", "m"};

class TakenOver : public testing::Test {
 protected:
  bool fits(Ledger& ledger, const Subject& subject, std::uint64_t tokens) {
    auto reservation = ledger.reserve(subject, {.input_tokens = tokens});
    if (reservation.ok()) reservation->release();
    return reservation.ok();
  }
  std::int32_t today() const { return ledger_.now().day(); }

  FakeClock clock_;
  const std::vector<LimitRule> rules_ = {{.per = Scope::client, .tokens_per_minute = 600, .concurrent = 2,
                                          .tokens_per_day = 1000}};
  Ledger ledger_{rules_, clock_.clock()};
};

TEST_F(TakenOver, WhatTheOtherGatewaySpendsIsSpent) {
  const Balance differences[] = {{Scope::client, "web", Dimension::tokens_day, today(), 1000, 700, 0},
                                 {Scope::client, "web", Dimension::tokens_day, today(), 1000, -100, 0}};
  ledger_.charge(differences);
  EXPECT_TRUE(fits(ledger_, kWeb, 400));
  EXPECT_FALSE(fits(ledger_, kWeb, 401));
  ASSERT_EQ(ledger_.changes().size(), 2u) << "is written down with what this one knows: both dimensions";
}

TEST_F(TakenOver, ABucketAndAKeysOwnLimitToo) {
  const Balance of_client[] = {{Scope::client, "web", Dimension::tokens, 0, 600, 500, 0}};
  ledger_.charge(of_client);
  EXPECT_TRUE(fits(ledger_, kWeb, 100));
  EXPECT_FALSE(fits(ledger_, kWeb, 101));
  const LimitRule own{.tokens_per_day = 50};
  const Subject holder{"another", "k2", "m", &own};
  const Balance of_key[] = {{Scope::own, "k2", Dimension::tokens_day, today(), 50, 30, 0}};
  ledger_.charge(of_key);
  EXPECT_TRUE(fits(ledger_, holder, 20));
  EXPECT_FALSE(fits(ledger_, holder, 21));
}

TEST_F(TakenOver, SlotsAreTakenAndFreed) {
  ledger_.charge(std::vector<Balance>{{Scope::client, "web", Dimension::concurrent, 0, 0, 2, 0}});
  EXPECT_FALSE(fits(ledger_, kWeb, 1));
  ASSERT_EQ(ledger_.slots().size(), 1u);
  EXPECT_EQ(ledger_.slots().front().spent, 2);
  ledger_.charge(std::vector<Balance>{{Scope::client, "web", Dimension::concurrent, 0, 0, -1, 0}});
  EXPECT_TRUE(fits(ledger_, kWeb, 1));
}

}  // namespace
}  // namespace gatehouse::limits
