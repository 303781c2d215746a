#include "limits/bill/extensions.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "../fake_clock.h"

namespace gatehouse::limits {
namespace {

constexpr Subject kDev{"dev", "k1", "m"};
constexpr core::Price kPrice{{1'000'000, 2'000'000, 1'000'000, 1'000'000, 2'000'000}};  // $1 in, $2 out, a million
constexpr std::int64_t kOut = 2'000;                                                    // nano-dollars a token

class ExtensionsTest : public testing::Test {
 protected:
  void limit(const core::LimitRule& rule) { ledger_.set_rules(std::vector<core::LimitRule>{rule}); }
  std::int64_t left(core::Dimension dimension) const { return ledger_.quotas(kDev)[dimension].remaining; }
  // So many tokens have come, each in a piece of its own.
  core::Allowance::Grant after(std::uint64_t tokens) { return extensions_.more({}, {tokens * 5, tokens, {}}); }

  FakeClock clock_;
  Ledger ledger_{{}, clock_.clock()};
  Estimate estimate_{.input = 10, .output = 100};
  Extensions extensions_{ledger_, kDev, estimate_, kPrice};
};

TEST_F(ExtensionsTest, NothingIsTakenWithinTheReservation) {
  limit({.per = Scope::client, .tokens_per_day = 1000});
  EXPECT_EQ(after(0).bytes, 100u) << "a token has a byte at least";
  EXPECT_EQ(after(20).bytes, 80u);
  EXPECT_EQ(after(99).bytes, Extensions::kGlance);
  EXPECT_EQ(extensions_.tokens(), 0u);
  EXPECT_EQ(left(Dimension::tokens_day), 1000);
}

TEST_F(ExtensionsTest, EachIsAsLongAsAllBeforeItAndTheLastIsWhatIsLeft) {
  limit({.per = Scope::client, .tokens_per_day = 1000});
  EXPECT_EQ(after(100).tokens, 100u);
  EXPECT_EQ(after(200).tokens, 200u);
  EXPECT_EQ(after(400).tokens, 400u);
  EXPECT_EQ(after(800).tokens, 300u);
  EXPECT_EQ(left(Dimension::tokens_day), 0);
  EXPECT_FALSE(extensions_.ended_by());
  EXPECT_EQ(after(1100).bytes, 0u);
  ASSERT_TRUE(extensions_.ended_by());
  EXPECT_EQ(extensions_.ended_by()->scope, Scope::client);
  EXPECT_EQ(extensions_.ended_by()->dimension, Dimension::tokens_day);
  extensions_.give_back();
  EXPECT_EQ(left(Dimension::tokens_day), 1000);
}

TEST_F(ExtensionsTest, OneIsNeverShorterThan64TokensNorLongerThan4096) {
  limit({.per = Scope::client, .tokens_per_day = 1'000'000});
  const auto first = [&](std::uint64_t reserved) {
    const Estimate estimate{.input = 10, .output = reserved};
    return Extensions(ledger_, kDev, estimate, kPrice).more({.output = reserved}, {}).tokens;
  };
  EXPECT_EQ(first(10), 64u);
  EXPECT_EQ(first(63), 64u);
  EXPECT_EQ(first(65), 65u);
  EXPECT_EQ(first(4'095), 4'095u);
  EXPECT_EQ(first(10'000), 4'096u);
}

TEST_F(ExtensionsTest, OneCountsNoRequestAndTakesNoSlot) {
  limit({.per = Scope::client, .requests_per_minute = 1, .concurrent = 1, .tokens_per_day = 1000});
  auto held = ledger_.reserve(kDev, {.input_tokens = 10, .output_tokens = 100});
  ASSERT_TRUE(held.ok());
  EXPECT_EQ(after(100).tokens, 100u);
  EXPECT_EQ(left(Dimension::requests), 0);
  extensions_.give_back();
  held->settle(50);
  EXPECT_EQ(left(Dimension::concurrent), 1) << "once";
  EXPECT_EQ(left(Dimension::tokens_day), 950);
}

TEST_F(ExtensionsTest, MoneyIsTakenAtTheModelsPrice) {
  limit({.per = Scope::client, .dollars_per_day = 130 * kOut});
  EXPECT_EQ(after(100).tokens, 100u);
  EXPECT_EQ(left(Dimension::dollars_day), 30 * kOut);
  EXPECT_EQ(after(200).tokens, 30u);
  EXPECT_EQ(after(230).bytes, 0u);
  EXPECT_EQ(extensions_.ended_by()->dimension, Dimension::dollars_day);
}

TEST_F(ExtensionsTest, AMinutesTokensAreTakenAsFarAsTheyAreThere) {
  limit({.per = Scope::client, .tokens_per_minute = 150});
  EXPECT_EQ(after(100).tokens, 100u);
  EXPECT_EQ(after(200).tokens, 50u);
  EXPECT_EQ(after(250).bytes, 0u);
  EXPECT_EQ(extensions_.ended_by()->dimension, Dimension::tokens);
  clock_.advance_ms(60'000);
  EXPECT_NE(after(250).tokens, 0u) << "they have come back";
}

// Those that are for everybody, and the narrower ones beside them.
TEST_F(ExtensionsTest, EveryLineThatDecidesForTheRequestIsTakenFrom) {
  const core::Tag tags[] = {{"project", "atlas"}};
  const Subject dev{.client = "dev", .key = "k1", .model = "m", .team = "research", .tags = tags};
  const core::LimitRule narrow[] = {{.per = Scope::client, .match = {{Scope::model, "", {"m*"}}}},
                                    {.per = Scope::team},
                                    {.per = Scope::model, .match = {{Scope::team, "", {"research"}}}},
                                    {.per = Scope::tag, .tag = "project"},
                                    {.per = Scope::global}};
  for (core::LimitRule rule : narrow) {
    SCOPED_TRACE(label_of_line(rule.per, rule.tag, rule.match));
    rule.tokens_per_day = 150;
    Ledger ledger(std::vector<core::LimitRule>{{.per = Scope::client, .tokens_per_day = 10'000}, rule}, clock_.clock());
    Extensions extensions(ledger, dev, estimate_, kPrice);
    EXPECT_EQ(extensions.more({.output = 100}, {}).tokens, 100u);
    EXPECT_EQ(extensions.more({.output = 200}, {}).tokens, 50u);
    EXPECT_EQ(extensions.more({.output = 250}, {}).bytes, 0u);
    ASSERT_TRUE(extensions.ended_by());
    EXPECT_EQ(extensions.ended_by()->scope, rule.per);
    EXPECT_EQ(ledger.quotas(dev)[Dimension::tokens_day].remaining, 0);
    extensions.give_back();
    EXPECT_EQ(ledger.quotas(dev)[Dimension::tokens_day].remaining, 150);
  }
}

TEST_F(ExtensionsTest, WhatAProviderReportsAllAtOnceIsTakenAtOnce) {
  limit({.per = Scope::client, .tokens_per_day = 10'000});
  EXPECT_EQ(extensions_.more({.input = 10, .output = 1100}, {}).tokens, 1000u + 100u);
  EXPECT_EQ(extensions_.more({.input = 10, .output = 50'000}, {}).bytes, 0u);
}

class ProviderExtensionsTest : public ExtensionsTest {
 protected:
  ProviderExtensionsTest() {
    ledger_.set_rules(std::vector<core::LimitRule>{{.per = Scope::client, .tokens_per_day = 10'000},
                                                   {.per = Scope::provider, .tokens_per_day = 1'000}});
    asked_.provider = "p";
    extensions_.attempt_began_at(asked_, kPrice);
  }
  std::int64_t left_at_provider() const { return ledger_.quotas(asked_)[Dimension::tokens_day].remaining; }

  Subject asked_ = kDev;
};

TEST_F(ProviderExtensionsTest, AProvidersLimitIsTakenFromAsWellAndMayEndTheStream) {
  EXPECT_EQ(after(100).tokens, 100u);
  EXPECT_EQ(left_at_provider(), 900);
  EXPECT_EQ(after(800).tokens, 600u + 200u);
  EXPECT_EQ(left_at_provider(), 100);
  EXPECT_NE(after(1000).bytes, 0u);
  EXPECT_EQ(left_at_provider(), 0);
  EXPECT_EQ(after(1100).bytes, 0u);
  ASSERT_TRUE(extensions_.ended_by());
  EXPECT_EQ(extensions_.ended_by()->scope, Scope::provider);
}

TEST_F(ProviderExtensionsTest, AProviderGetsItsPartBackWithItsAttempt) {
  EXPECT_EQ(after(100).tokens, 100u);
  extensions_.attempt_ended();
  EXPECT_EQ(left_at_provider(), 1000);
  EXPECT_EQ(left(Dimension::tokens_day), 9'900);
  extensions_.attempt_began(100);
  extensions_.attempt_began_at(asked_, kPrice);
  EXPECT_EQ(after(100).tokens, 200u) << "of whoever asks, for both attempts";
  EXPECT_EQ(left_at_provider(), 900) << "it was asked for this attempt alone";
  extensions_.give_back();
  EXPECT_EQ(left_at_provider(), 1000);
  EXPECT_EQ(left(Dimension::tokens_day), 10'000);
}

TEST_F(ExtensionsTest, WhatEarlierAttemptsHaveSaidIsOfTheSameReservation) {
  limit({.per = Scope::client, .tokens_per_day = 10'000});
  extensions_.attempt_began(90);
  EXPECT_EQ(after(9).tokens, 0u);
  EXPECT_NE(after(10).tokens, 0u);
}

}  // namespace
}  // namespace gatehouse::limits
