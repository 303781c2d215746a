// Which accounts are warned of, and how often.
#include "limits/warnings/soft_limits.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "../fake_clock.h"

namespace gatehouse::limits {
namespace {

using core::LimitRule;

class SoftLimitsTest : public testing::Test {
 protected:
  void use(std::vector<LimitRule> rules) {
    ledger_.set_rules(rules);
    soft_.set_rules(rules);
  }
  void spend(std::string_view client, std::uint64_t tokens, const LimitRule* own = nullptr) {
    const Subject subject{client, client, "m", own};
    auto reservation = ledger_.reserve(subject, {tokens, 0, 0, 0});
    ASSERT_TRUE(reservation.ok()) << reservation.status().message();
    reservation->settle(tokens);
  }
  std::vector<std::string> told() {
    std::vector<std::string> names;
    for (const LimitWarning& one : soft_.passed(ledger_.changes(), ledger_))
      names.push_back(one.balance.name + " " + std::to_string(one.balance.spent) + "/" +
                      std::to_string(one.balance.most));
    return names;
  }

  using Names = std::vector<std::string>;
  FakeClock clock_;
  Ledger ledger_{{}, clock_.clock()};
  SoftLimits soft_;
};

TEST(WarnedFrom, IsRoundedUpAndExact) {
  EXPECT_EQ(warned_from(100, 800), 80);
  EXPECT_EQ(warned_from(7, 500), 4);
  EXPECT_EQ(warned_from(1, 1), 1);
  EXPECT_EQ(warned_from(4'000'000'000'000'000, 999), 3'996'000'000'000'000);
}

TEST_F(SoftLimitsTest, AnAccountIsToldOncePerPeriod) {
  use({{.per = Scope::client, .tokens_per_day = 100, .warn = 800}});
  spend("web", 79);
  spend("app", 10);
  EXPECT_EQ(told(), Names{});
  spend("web", 1);
  EXPECT_EQ(told(), Names{"web 80/100"});
  spend("web", 5);
  EXPECT_EQ(told(), Names{});
  spend("app", 80);
  EXPECT_EQ(told(), Names{"app 90/100"});
  clock_.advance_ms(86'400'000);
  spend("web", 79);
  EXPECT_EQ(told(), Names{});
  spend("web", 1);
  EXPECT_EQ(told(), Names{"web 80/100"});
  EXPECT_EQ(soft_.told(), 2u);
}

TEST_F(SoftLimitsTest, WhatIsReservedCountsAsSpent) {
  use({{.per = Scope::client, .tokens_per_day = 100, .warn = 800}});
  spend("web", 30);
  EXPECT_EQ(told(), Names{});
  auto running = ledger_.reserve({.client = "web", .key = "", .model = "m"}, {10, 40});
  ASSERT_TRUE(running.ok());
  EXPECT_EQ(told(), Names{"web 80/100"});
  running->settle(15);
  spend("web", 40);
  EXPECT_EQ(told(), Names{}) << "once";
}

TEST_F(SoftLimitsTest, AReloadTellsNobodyTwiceAndFindsWhatIsNew) {
  use({{.per = Scope::client, .tokens_per_day = 100, .warn = 800}});
  spend("web", 90);
  EXPECT_EQ(told(), Names{"web 90/100"});
  use({{.per = Scope::client, .tokens_per_day = 100}});
  spend("app", 95);
  EXPECT_EQ(told(), Names{});
  use({{.per = Scope::client, .tokens_per_day = 100, .warn = 700}});
  spend("web", 1);
  spend("app", 1);
  EXPECT_EQ(told(), Names{"app 96/100"});
}

TEST_F(SoftLimitsTest, OfALimitByTheMinuteOnceAnHour) {
  use({{.per = Scope::client, .tokens_per_minute = 100, .warn = 800}});
  for (int minute = 0; minute < 25; ++minute) {  // from 14:30 on
    spend("web", 90);
    EXPECT_EQ(told(), minute == 0 ? Names{"web 90/100"} : Names{});
    clock_.advance_ms(60'000);
  }
  clock_.advance_ms(10 * 60'000);
  spend("web", 90);
  EXPECT_EQ(told(), Names{"web 90/100"});
}

TEST_F(SoftLimitsTest, AKeysOwnLimitIsWarnedOfAsThatOfEveryKey) {
  use({{.per = Scope::key, .tokens_per_day = 100, .warn = 500}});
  const LimitRule own{.tokens_per_day = 60};
  spend("k1", 29, &own);
  EXPECT_EQ(told(), Names{});
  spend("k1", 1, &own);
  EXPECT_EQ(told(), Names{"k1 30/60"});
}

TEST_F(SoftLimitsTest, WhatHadPassedBeforeARestartWasToldThen) {
  use({{.per = Scope::client, .tokens_per_day = 100, .warn = 800}});
  spend("web", 90);
  spend("app", 70);
  const std::vector<Balance> balances = ledger_.changes();
  soft_.restore(balances, ledger_.now());
  spend("web", 1);
  spend("app", 10);
  EXPECT_EQ(told(), Names{"app 80/100"});
}

TEST_F(SoftLimitsTest, NothingIsWarnedOfWithoutWarn) {
  use({{.per = Scope::client, .tokens_per_day = 100}, {.per = Scope::global, .concurrent = 1, .warn = 800}});
  spend("web", 100);
  EXPECT_EQ(told(), Names{});
}

// Gives everything, and says of each account that all of it is spent.
class Everything final : public SharedAccounts {
 public:
  Taken take(std::span<SharedItem> items) override {
    most_asked = std::max(most_asked, items.size());
    for (SharedItem& item : items) item.remaining = 0;
    return Taken::all;
  }
  void charge(const SharedItem&) override {}
  void remember(const SharedItem&) override {}
  bool reachable() const override { return true; }
  std::uint64_t failures() const override { return 0; }

  std::size_t most_asked = 0;
};

TEST(SoftLimits, SharedAccountsAreAskedForTheFullestAlone) {
  FakeClock clock;
  Everything shared;
  const std::vector<LimitRule> rules{{.per = Scope::client, .tokens_per_day = 1'000'000, .warn = 800}};
  Ledger ledger(rules, clock.clock(), 10'000, {.accounts = &shared});
  SoftLimits soft;
  soft.set_rules(rules);
  for (std::uint64_t i = 0; i < 2 * SoftLimits::kMostAsked; ++i) {
    const std::string name = "c" + std::to_string(i);
    ledger.reserve({.client = name, .key = "", .model = "m"}, {i, 0})->settle(i);
  }
  const std::vector<LimitWarning> told = soft.passed(ledger.changes(), ledger);
  EXPECT_EQ(shared.most_asked, SoftLimits::kMostAsked);
  ASSERT_EQ(told.size(), SoftLimits::kMostAsked);
  for (const LimitWarning& one : told)
    EXPECT_GE(std::stoull(one.balance.name.substr(1)), SoftLimits::kMostAsked) << "others have used more here";
}

}  // namespace
}  // namespace gatehouse::limits
