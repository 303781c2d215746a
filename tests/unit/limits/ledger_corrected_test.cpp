#include <gtest/gtest.h>

#include <vector>

#include "fake_clock.h"
#include "limits/ledger.h"

namespace gatehouse::limits {
namespace {

using core::LimitRule;

constexpr Subject kWeb{"web", "k1", "m"};

class Corrections : public testing::Test {
 protected:
  void spend(const Subject& subject, std::uint64_t tokens) {
    auto reservation = ledger_.reserve(subject, {.input_tokens = tokens});
    ASSERT_TRUE(reservation.ok());
    reservation->settle(tokens);
  }
  bool fits(const Subject& subject, std::uint64_t tokens) {
    auto reservation = ledger_.reserve(subject, {.input_tokens = tokens});
    if (reservation.ok()) reservation->release();
    return reservation.ok();
  }

  FakeClock clock_;
  const std::vector<LimitRule> rules_ = {
      {.per = Scope::client, .tokens_per_minute = 600, .concurrent = 2, .tokens_per_day = 1000}};
  Ledger ledger_{rules_, clock_.clock()};
};

TEST_F(Corrections, AResetGivesAllBack) {
  spend(kWeb, 600);
  EXPECT_FALSE(fits(kWeb, 401));
  (void)ledger_.changes();
  for (const Dimension dimension : {Dimension::tokens_day, Dimension::tokens}) {
    const auto corrected = ledger_.correct({Scope::client, "web", dimension, {}});
    ASSERT_TRUE(corrected.ok()) << corrected.status().message();
    EXPECT_EQ(corrected->given_back, 600);
    EXPECT_EQ(corrected->spent, 0);
  }
  EXPECT_TRUE(fits(kWeb, 600));
  EXPECT_FALSE(ledger_.changes().empty()) << "is written down";
}

TEST_F(Corrections, ACreditGivesBackWhatWasSpentAndNoMore) {
  spend(kWeb, 500);
  EXPECT_EQ(ledger_.correct({Scope::client, "web", Dimension::tokens_day, 200})->spent, 300);
  const auto all = ledger_.correct({Scope::client, "web", Dimension::tokens_day, 9999});
  EXPECT_EQ(all->given_back, 300);
  EXPECT_EQ(all->most, 1000);
  EXPECT_EQ(ledger_.correct({Scope::client, "web", Dimension::tokens_day, 1}).status().message(),
            "'web' has spent nothing under the limit 'tokens_per_day' per client");
}

TEST_F(Corrections, AKeysOwnLimits) {
  const LimitRule own{.tokens_per_day = 100};
  spend({"web", "k2", "m", &own}, 80);
  ASSERT_EQ(ledger_.own_balances("k2", own).size(), 1u);
  EXPECT_EQ(ledger_.own_balances("k2", own).front().spent, 80);
  EXPECT_EQ(ledger_.own_balances("k3", own).front().spent, 0);
  EXPECT_EQ(ledger_.correct({Scope::own, "k2", Dimension::tokens_day, {}}, &own)->given_back, 80);
  EXPECT_EQ(ledger_.own_balances("k2", own).front().spent, 0);
}

TEST_F(Corrections, WhatThereIsNotIsSaid) {
  const auto refused = [&](const Correction& correction) {
    return std::string(ledger_.correct(correction).status().message());
  };
  EXPECT_EQ(refused({Scope::model, "m", Dimension::tokens_day, {}}), "there is no limit 'tokens_per_day' per model");
  EXPECT_EQ(refused({Scope::own, "k9", Dimension::tokens_day, {}}), "there is no key 'k9'");
  EXPECT_NE(refused({Scope::client, "web", Dimension::concurrent, {}}).find("comes free by itself"), std::string::npos);
  EXPECT_NE(refused({Scope::client, "wbe", Dimension::tokens_day, {}}).find("nothing"), std::string::npos);
}

}  // namespace
}  // namespace gatehouse::limits
