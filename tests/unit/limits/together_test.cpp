// Limits that several gateways hold together: who decides, and what is charged to whom.
#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

#include "fake_clock.h"
#include "limits/ledger.h"

namespace gatehouse::limits {
namespace {

using core::LimitRule;
using core::WhenAway;

// Windows without end, in a map; away on request.
class Elsewhere final : public SharedAccounts {
 public:
  Taken take(std::span<SharedItem> items) override {
    if (away) return Taken::unknown;
    bool all = true;
    for (SharedItem& item : items) {
      item.fits = spent[name(item)] + item.amount <= item.most;
      all = all && item.fits;
    }
    for (SharedItem& item : items) {
      if (all) spent[name(item)] += item.amount;
      item.remaining = item.most - spent[name(item)];
      item.until_full = 7'000'000'000;
      item.until_fits = item.fits ? 0 : 3'000'000'000;
    }
    return all ? Taken::all : Taken::none;
  }
  void charge(const SharedItem& item) override { spent[name(item)] += item.amount; }
  void remember(const SharedItem& item) override { remembered[name(item)] += item.amount; }
  bool reachable() const override { return !away; }
  std::uint64_t failures() const override { return 0; }

  static std::string name(const SharedItem& item) {
    const std::string scope(core::info(item.scope).name), dimension(core::info(item.dimension).name);
    return scope + "/" + item.name + "/" + dimension;
  }

  bool away = false;
  std::map<std::string, std::int64_t> spent, remembered;
};

constexpr Subject kWeb{"web", "k", "m"};
constexpr const char* kTokens = "client/web/tokens_per_day";

class TogetherTest : public testing::Test {
 protected:
  FakeClock clock_;
  Elsewhere elsewhere_;
};

const std::vector<LimitRule> kHundredADay{{.per = Scope::client, .tokens_per_day = 100}};

TEST_F(TogetherTest, WhatIsRestoredTheyShouldKnowOfAndAreNotCharged) {
  Ledger ledger(kHundredADay, clock_.clock(), 100, {&elsewhere_, WhenAway::degrade, 3});
  const std::int32_t today = clock_.clock()().day();
  ledger.restore(std::vector<Balance>{{Scope::client, "web", Dimension::tokens_day, today, 33, 20, 0},
                                      {Scope::client, "old", Dimension::tokens_day, today - 1, 33, 20, 0}});
  ledger.charge(std::vector<Balance>{{Scope::client, "web", Dimension::tokens_day, today, 33, -5, 0}});
  EXPECT_EQ(elsewhere_.remembered, (std::map<std::string, std::int64_t>{{kTokens, 15}}));
  EXPECT_TRUE(elsewhere_.spent.empty());
}

TEST_F(TogetherTest, OneLimitForAll) {
  Ledger one(kHundredADay, clock_.clock(), 100, {&elsewhere_, WhenAway::degrade, 3});
  Ledger two(kHundredADay, clock_.clock(), 100, {&elsewhere_, WhenAway::degrade, 3});
  auto first = one.reserve(kWeb, {60, 0});
  ASSERT_TRUE(first.ok());
  EXPECT_EQ(first->quotas()[Dimension::tokens_day].limit, 100);
  EXPECT_EQ(first->quotas()[Dimension::tokens_day].remaining, 40);
  EXPECT_EQ(first->quotas()[Dimension::tokens_day].reset, std::chrono::seconds(7));
  const auto refused = two.reserve(kWeb, {41, 0});
  EXPECT_EQ(refused.status().message(), "Today's tokens (UTC) are used up for client_id web");
  EXPECT_EQ(two.quotas(kWeb)[Dimension::tokens_day].remaining, 40);
  first->settle(10);
  EXPECT_EQ(elsewhere_.spent[kTokens], 10);
  EXPECT_TRUE(two.reserve(kWeb, {90, 0}).ok());
}

TEST_F(TogetherTest, ARefusalTakesNothingAnywhere) {
  Ledger one(
      std::vector<LimitRule>{{.per = Scope::client, .requests_per_minute = 5, .concurrent = 1, .tokens_per_day = 100},
                             {.per = Scope::global, .tokens_per_day = 50}},
      clock_.clock(), 100, {&elsewhere_, WhenAway::degrade, 3});
  EXPECT_FALSE(one.reserve(kWeb, {51, 0}).ok());
  for (int i = 0; i < 3; ++i) {
    auto reservation = one.reserve(kWeb, {50, 0});
    ASSERT_TRUE(reservation.ok()) << "the slot is free again";
    EXPECT_EQ(one.reserve(kWeb, {1, 0}).status().failure().reason, "concurrent");
    reservation->release();
  }
  for (const auto& [account, spent] : elsewhere_.spent) EXPECT_EQ(spent, 0) << account;
}

TEST_F(TogetherTest, LeftAloneEachGoesByItsPartAndKnowsWhatItHasSpent) {
  Ledger one(kHundredADay, clock_.clock(), 100, {&elsewhere_, WhenAway::degrade, 3});
  one.reserve(kWeb, {20, 0})->settle(20);
  elsewhere_.away = true;
  EXPECT_EQ(one.quotas(kWeb)[Dimension::tokens_day].remaining, 13) << "of its part of 33";
  EXPECT_FALSE(one.reserve(kWeb, {14, 0}).ok());
  {
    auto reservation = one.reserve(kWeb, {13, 0});
    ASSERT_TRUE(reservation.ok());
    elsewhere_.away = false;
    EXPECT_EQ(elsewhere_.spent[kTokens], 20) << "not told yet";
    reservation->settle(9);
  }
  EXPECT_EQ(elsewhere_.spent[kTokens], 29) << "charged whole: nothing was taken there";
  elsewhere_.away = true;
  { const auto unsettled = one.reserve(kWeb, {4, 0}); }
  EXPECT_EQ(elsewhere_.spent[kTokens], 33) << "as it was reserved";
}

TEST_F(TogetherTest, OpenLetsEverybodyInAndClosedNobody) {
  elsewhere_.away = true;
  Ledger open(kHundredADay, clock_.clock(), 100, {&elsewhere_, WhenAway::open, 3});
  for (int i = 0; i < 5; ++i) open.reserve(kWeb, {100, 0})->settle(100);
  EXPECT_EQ(elsewhere_.spent[kTokens], 500);
  Ledger closed(kHundredADay, clock_.clock(), 100, {&elsewhere_, WhenAway::closed, 3});
  const auto refused = closed.reserve(kWeb, {1, 0});
  EXPECT_EQ(refused.status().code(), core::Code::overloaded);
  EXPECT_GT(refused.status().failure().retry_after.count(), 0);
  EXPECT_EQ(elsewhere_.spent[kTokens], 500);
}

TEST_F(TogetherTest, ConcurrentIsCountedWholeByEachOnItsOwn) {
  const std::vector<LimitRule> two_at_once{{.per = Scope::client, .concurrent = 2, .tokens_per_day = 300}};
  Ledger one(two_at_once, clock_.clock(), 100, {&elsewhere_, WhenAway::degrade, 3});
  Ledger other(two_at_once, clock_.clock(), 100, {&elsewhere_, WhenAway::degrade, 3});
  for (const bool away : {false, true}) {
    elsewhere_.away = away;
    std::vector<Reservation> running;
    for (Ledger* ledger : {&one, &one, &other, &other}) {
      auto reservation = ledger->reserve(kWeb, {1, 0});
      ASSERT_TRUE(reservation.ok()) << reservation.status().message() << (away ? " while they are away" : "");
      running.push_back(*std::move(reservation));
    }
    for (Ledger* ledger : {&one, &other})
      EXPECT_EQ(ledger->reserve(kWeb, {1, 0}).status().failure().reason, "concurrent");
  }
  for (const auto& [account, spent] : elsewhere_.spent) EXPECT_EQ(account, kTokens);
}

TEST_F(TogetherTest, AKeysOwnLimitIsSharedToo) {
  const LimitRule own{.per = Scope::key, .tokens_per_day = 10};
  const Subject favoured{"web", "k", "m", &own};
  Ledger one(std::vector<LimitRule>{{.per = Scope::key, .tokens_per_day = 1000}}, clock_.clock(), 100,
             {&elsewhere_, WhenAway::degrade, 3});
  auto reservation = one.reserve(favoured, {10, 0});
  ASSERT_TRUE(reservation.ok());
  EXPECT_EQ(elsewhere_.spent, (std::map<std::string, std::int64_t>{{"own/k/tokens_per_day", 10}}));
  EXPECT_EQ(one.reserve(favoured, {1, 0}).status().message(), "Today's tokens (UTC) are used up for key k");
}

}  // namespace
}  // namespace gatehouse::limits
