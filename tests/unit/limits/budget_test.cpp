// Limits per calendar day and month, money, a key's own limits, and what is written down of them.
#include <gtest/gtest.h>

#include <map>
#include <optional>
#include <random>
#include <vector>

#include "fake_clock.h"
#include "limits/ledger.h"

namespace gatehouse::limits {
namespace {

using core::LimitRule;

constexpr std::int64_t kDay = 86'400'000;  // milliseconds

class BudgetTest : public testing::Test {
 protected:
  core::Status spend(const Subject& subject, std::uint64_t tokens, std::int64_t dollars = 0) {
    auto reservation = ledger_->reserve(subject, {tokens, 0, 0, dollars});
    if (!reservation.ok()) return reservation.status();
    reservation->settle(tokens, dollars);
    return {};
  }

  FakeClock clock_;
  std::optional<Ledger> ledger_;
};

constexpr Subject kWeb{"web", "k", "m"};

TEST_F(BudgetTest, ADaysTokensComeBackAtMidnight) {
  ledger_.emplace(std::vector<LimitRule>{{.per = Scope::client, .tokens_per_day = 100}}, clock_.clock());
  EXPECT_TRUE(spend(kWeb, 100).ok());
  const core::Status refused = spend(kWeb, 1);
  EXPECT_EQ(refused.code(), core::Code::rate_limited);
  EXPECT_EQ(refused.message(), "Today's tokens (UTC) are used up for client_id web");
  EXPECT_EQ(refused.failure().reason, "insufficient_quota");
  EXPECT_TRUE(refused.failure().retry_useless);
  EXPECT_EQ(refused.failure().retry_after.count(), 0);
  EXPECT_EQ(ledger_->quotas(kWeb)[Dimension::tokens_day].remaining, 0);
  clock_.advance_ms(kDay / 4);
  EXPECT_FALSE(spend(kWeb, 1).ok()) << "it does not refill";
  clock_.advance_ms(kDay / 4);
  EXPECT_TRUE(spend(kWeb, 100).ok());
}

TEST_F(BudgetTest, EachSpanOfTheCalendarBeginsAnew) {  // it is Monday, 14:30
  struct Case {
    LimitRule rule;
    Dimension dimension;
    std::int64_t ends_ms;  // from now
    const char* refusal;
  };
  constexpr std::int64_t kHour = 3'600'000;
  for (const Case& one : {Case{{.per = Scope::client, .tokens_per_hour = 100},
                               Dimension::tokens_hour,
                               30 * 60'000,
                               "This hour's tokens (UTC) are used up for client_id web"},
                          Case{{.per = Scope::client, .tokens_per_week = 100},
                               Dimension::tokens_week,
                               6 * kDay + 9 * kHour + 30 * 60'000,
                               "This week's tokens (UTC) are used up for client_id web"},
                          Case{{.per = Scope::client, .tokens_per_month = 100},
                               Dimension::tokens_month,
                               9 * kDay + 9 * kHour + 30 * 60'000,
                               "This month's tokens (UTC) are used up for client_id web"},
                          Case{{.per = Scope::client, .dollars_per_hour = 100},
                               Dimension::dollars_hour,
                               30 * 60'000,
                               "This hour's budget (UTC) is used up for client_id web"},
                          Case{{.per = Scope::client, .dollars_per_week = 100},
                               Dimension::dollars_week,
                               6 * kDay + 9 * kHour + 30 * 60'000,
                               "This week's budget (UTC) is used up for client_id web"}}) {
    FakeClock clock;
    ledger_.emplace(std::vector<LimitRule>{one.rule}, clock.clock());
    EXPECT_TRUE(spend(kWeb, 100, 100).ok());
    EXPECT_EQ(spend(kWeb, 1, 1).message(), one.refusal);
    EXPECT_EQ(ledger_->quotas(kWeb)[one.dimension].reset, std::chrono::milliseconds(one.ends_ms));
    clock.advance_ms(one.ends_ms - 1);
    EXPECT_FALSE(spend(kWeb, 1, 1).ok()) << one.refusal;
    clock.advance_ms(1);
    EXPECT_TRUE(spend(kWeb, 100, 100).ok()) << one.refusal;
  }
}

TEST_F(BudgetTest, TheTotalNeverBeginsAnew) {
  ledger_.emplace(std::vector<LimitRule>{{.per = Scope::client, .dollars_total = 100}}, clock_.clock());
  EXPECT_TRUE(spend(kWeb, 1, 100).ok());
  clock_.advance_ms(4'000 * kDay);
  ledger_->forget_idle();
  EXPECT_EQ(spend(kWeb, 1, 1).message(), "The whole budget is used up for client_id web");
}

TEST_F(BudgetTest, ADayMayBeThatOfAnotherPlace) {  // 14:30 in UTC is 20:00 in Kolkata
  LimitRule rule{.per = Scope::client, .tokens_per_day = 100};
  rule.calendar = *core::Calendar::of("Asia/Kolkata");
  ledger_.emplace(std::vector<LimitRule>{rule}, clock_.clock());
  EXPECT_TRUE(spend(kWeb, 100).ok());
  EXPECT_EQ(spend(kWeb, 1).message(), "Today's tokens (Asia/Kolkata) are used up for client_id web");
  clock_.advance_ms(4 * 3'600'000 - 1);
  EXPECT_FALSE(spend(kWeb, 1).ok());
  clock_.advance_ms(1);
  EXPECT_TRUE(spend(kWeb, 100).ok());
  std::vector<Balance> balances = ledger_->balances();
  ASSERT_EQ(balances.size(), 1u);
  Ledger again(std::vector<LimitRule>{rule}, clock_.clock());
  again.restore(balances);
  EXPECT_FALSE(again.reserve(kWeb, {1, 0}).ok());
}

TEST_F(BudgetTest, AKeysOwnLimitGoesByUtcWhateverThatOfEveryKeyGoesBy) {
  LimitRule rule{.per = Scope::key, .tokens_per_day = 100};
  rule.calendar = *core::Calendar::of("Asia/Kolkata");
  ledger_.emplace(std::vector<LimitRule>{rule}, clock_.clock());
  const LimitRule own{.per = Scope::own, .tokens_per_day = 50};
  const Subject favoured{"web", "k1", "m", &own};
  EXPECT_TRUE(spend(favoured, 50).ok() && spend(kWeb, 100).ok());
  EXPECT_EQ(spend(favoured, 1).message(), "Today's tokens (UTC) are used up for key k1");
  EXPECT_EQ(spend(kWeb, 1).message(), "Today's tokens (Asia/Kolkata) are used up for key k");
  clock_.advance_ms(4 * 3'600'000);  // midnight in Kolkata
  EXPECT_TRUE(spend(kWeb, 100).ok());
  clock_.advance_ms(5 * 3'600'000 + 30 * 60'000 - 1);
  EXPECT_FALSE(spend(favoured, 1).ok());
  clock_.advance_ms(1);
  EXPECT_TRUE(spend(favoured, 50).ok());
  EXPECT_FALSE(spend(kWeb, 1).ok());
}

TEST_F(BudgetTest, MoneyIsReservedAndSettled) {
  ledger_.emplace(std::vector<LimitRule>{{.per = Scope::client, .dollars_per_day = 1000, .dollars_per_month = 2500}},
                  clock_.clock());
  auto running = ledger_->reserve(kWeb, {10, 0, 100, 900});
  ASSERT_TRUE(running.ok());
  EXPECT_EQ(spend(kWeb, 1, 101).message(), "Today's budget (UTC) is used up for client_id web");
  running->settle(5, 300);
  EXPECT_TRUE(spend(kWeb, 1, 700).ok());
  for (int day = 0; day < 2; ++day) {
    clock_.advance_ms(kDay);
    EXPECT_EQ(spend(kWeb, 1, 800).ok(), day == 0);
  }
  EXPECT_EQ(spend(kWeb, 1, 800).message(), "This month's budget (UTC) is used up for client_id web");
  clock_.advance_ms(10 * kDay);
  EXPECT_TRUE(spend(kWeb, 1, 1000).ok()) << "October";
}

TEST_F(BudgetTest, ARefusedBudgetTakesNothing) {
  ledger_.emplace(std::vector<LimitRule>{{.per = Scope::client,
                                          .requests_per_minute = 10,
                                          .tokens_per_minute = 1000,
                                          .concurrent = 1,
                                          .tokens_per_day = 1000,
                                          .dollars_per_day = 1000},
                                         {.per = Scope::global, .dollars_per_day = 50}},
                  clock_.clock());
  EXPECT_FALSE(spend(kWeb, 10, 51).ok()) << "the budget can never hold it";
  EXPECT_FALSE(spend(kWeb, 10, 50).ok() && spend(kWeb, 10, 1).ok());
  const core::Quotas quotas = ledger_->quotas(kWeb);
  EXPECT_EQ(quotas[Dimension::tokens].remaining, 990) << "the second spends the budget";
  EXPECT_EQ(quotas[Dimension::tokens_day].remaining, 990);
  EXPECT_EQ(quotas[Dimension::requests].remaining, 9);
}

TEST_F(BudgetTest, WhatABudgetCanNeverHoldIsSaidSo) {
  ledger_.emplace(std::vector<LimitRule>{{.per = Scope::client, .dollars_per_day = 1000}}, clock_.clock());
  const auto refused = ledger_->reserve(kWeb, {10, 0, 5, 2000});
  EXPECT_EQ(refused.status().message(),
            "Request too large for client_id web on US dollars per day: Limit 0.000001, Requested 0.000002");
}

TEST_F(BudgetTest, WhatIsSettledAfterMidnightStaysInItsDay) {
  ledger_.emplace(std::vector<LimitRule>{{.per = Scope::client, .tokens_per_day = 100}}, clock_.clock());
  auto late = ledger_->reserve(kWeb, {80, 0});
  clock_.advance_ms(kDay);
  EXPECT_TRUE(spend(kWeb, 30).ok());
  late->settle(10);
  EXPECT_EQ(ledger_->quotas(kWeb)[Dimension::tokens_day].remaining, 70);
}

TEST_F(BudgetTest, AKeysOwnLimitStandsInForTheGeneralOne) {
  ledger_.emplace(std::vector<LimitRule>{{.per = Scope::key, .requests_per_minute = 2, .tokens_per_minute = 100}},
                  clock_.clock());
  const LimitRule own{.per = Scope::key, .requests_per_minute = 5};
  const Subject favoured{"web", "k1", "m", &own};
  for (int i = 0; i < 5; ++i) EXPECT_TRUE(spend(favoured, 10).ok()) << i;
  EXPECT_EQ(spend(favoured, 10).message(), "Request rate exceeded for key k1");
  EXPECT_EQ(ledger_->quotas(favoured)[Dimension::requests].limit, 5);
  EXPECT_EQ(ledger_->quotas(favoured)[Dimension::tokens].remaining, 50) << "the general limit on tokens still holds";
  const Subject other{"web", "k2", "m"};
  EXPECT_TRUE(spend(other, 1).ok() && spend(other, 1).ok());
  EXPECT_FALSE(spend(other, 1).ok());
}

TEST_F(BudgetTest, ARestartForgetsNothing) {
  const std::vector<LimitRule> rules{{.per = Scope::client,
                                      .requests_per_minute = 10,
                                      .tokens_per_minute = 1000,
                                      .concurrent = 4,
                                      .tokens_per_day = 500,
                                      .dollars_per_day = 1000,
                                      .dollars_per_month = 9000}};
  const LimitRule own{.per = Scope::key, .requests_per_minute = 7, .dollars_per_day = 400};
  const Subject web{"web", "k", "m", &own};
  ledger_.emplace(rules, clock_.clock());
  EXPECT_TRUE(spend(web, 100, 300).ok());
  auto running = ledger_->reserve(web, {50, 0, 0, 60});  // never settled: the process is killed
  const std::vector<Balance> written = ledger_->changes();
  EXPECT_TRUE(ledger_->changes().empty()) << "each change is told once";

  Ledger next(rules, clock_.clock());
  next.restore(written);
  const core::Quotas quotas = next.quotas(web);
  EXPECT_EQ(quotas[Dimension::requests].remaining, 5) << "of the key's own 7";
  EXPECT_EQ(quotas[Dimension::tokens].remaining, 850);
  EXPECT_EQ(quotas[Dimension::tokens_day].remaining, 350);
  EXPECT_EQ(next.reserve(web, {0, 0, 0, 41}).status().message(), "Today's budget (UTC) is used up for key k");
  EXPECT_TRUE(next.reserve(web, {0, 0, 0, 40}).ok());

  clock_.advance_ms(3'000);  // what refills has refilled
  Ledger later(rules, clock_.clock());
  later.restore(written);
  EXPECT_EQ(later.quotas(web)[Dimension::tokens].remaining, 900);
  EXPECT_EQ(later.quotas(web)[Dimension::tokens_day].remaining, 350);
  clock_.advance_ms(kDay);
  Ledger tomorrow(rules, clock_.clock());
  tomorrow.restore(written);
  EXPECT_EQ(tomorrow.quotas(web)[Dimension::tokens_day].remaining, 500);
}

TEST_F(BudgetTest, ADebtOfHoursOutlivesARestart) {
  const std::vector<LimitRule> rules{{.per = Scope::client, .tokens_per_minute = 100}};
  ledger_.emplace(rules, clock_.clock());
  auto reservation = ledger_->reserve(kWeb, {100, 0});
  reservation->settle(100 * 121);  // two hours and a minute
  const std::vector<Balance> written = ledger_->changes();
  clock_.advance_ms(60 * 60'000);
  Ledger next(rules, clock_.clock());
  next.restore(written);
  EXPECT_FALSE(next.reserve(kWeb, {1, 0}).ok());
  clock_.advance_ms(59 * 60'000);
  EXPECT_FALSE(next.reserve(kWeb, {1, 0}).ok());
  clock_.advance_ms(2 * 60'000);
  EXPECT_TRUE(next.reserve(kWeb, {100, 0}).ok());
}

TEST_F(BudgetTest, ALimitThatIsAddedBeginsWithWhatWasSpent) {
  ledger_.emplace(std::vector<LimitRule>{{.per = Scope::client, .dollars_per_day = 1000}}, clock_.clock());
  EXPECT_TRUE(spend(kWeb, 1, 200).ok());
  const std::int32_t day = clock_.clock()().day(), month = clock_.clock()().period(core::Span::month).number;
  const std::vector<Balance> spent{{.scope = Scope::client, .name = "web", .dimension = Dimension::dollars_day,
                                    .period = day, .spent = 900},
                                   {.scope = Scope::client, .name = "web", .dimension = Dimension::dollars_month,
                                    .period = month, .spent = 900}};
  ledger_->begin_with(spent);
  ledger_->begin_with(spent);
  EXPECT_EQ(ledger_->quotas(kWeb)[Dimension::dollars_day].remaining, 100) << "at least, and not once more";
  EXPECT_EQ(ledger_->quotas(kWeb)[Dimension::dollars_month].limit, 0) << "nobody asked";
  EXPECT_FALSE(ledger_->changes().empty()) << "it is written down";
}

TEST_F(BudgetTest, NewRulesReachReservationsUnderWay) {
  ledger_.emplace(std::vector<LimitRule>{{.per = Scope::client, .tokens_per_minute = 100}}, clock_.clock());
  auto running = ledger_->reserve(kWeb, {60, 0});
  ledger_->set_rules(std::vector<LimitRule>{{.per = Scope::client, .tokens_per_minute = 200}});
  running->settle(10);
  EXPECT_EQ(ledger_->quotas(kWeb)[Dimension::tokens].remaining, 190) << "what was not used comes back at the new rate";
}

// Random operations, a million of them, against a model that keeps every number by itself.
TEST_F(BudgetTest, AgreesWithABruteForceModel) {
  constexpr std::int64_t kTokens = 600, kDaily = 5'000, kMoney = 40'000, kSlots = 3;
  ledger_.emplace(std::vector<LimitRule>{{.per = Scope::client,
                                          .tokens_per_minute = kTokens,
                                          .concurrent = kSlots,
                                          .tokens_per_day = kDaily,
                                          .dollars_per_day = kMoney}},
                  clock_.clock());
  struct Running {
    Reservation reservation;
    std::int64_t tokens, dollars, day;
  };
  std::vector<Running> running;
  std::int64_t missing_ms10 = 0;  // of the bucket: 600 a minute are 10 a second, one in 100 ms
  std::int64_t tokens_today = 0, dollars_today = 0, day = ledger_->now().day();
  std::mt19937_64 random(42);
  for (int i = 0; i < OPERATIONS; ++i) {
    if (random() % 3 == 0) {
      const auto ms = static_cast<std::int64_t>(random() % 50 == 0 ? random() % 3'000'000 : random() % 300);
      clock_.advance_ms(ms);
      missing_ms10 = std::max<std::int64_t>(missing_ms10 - ms, 0);
      if (const std::int64_t today = ledger_->now().day(); today != day) day = today, tokens_today = dollars_today = 0;
    } else if (random() % 2 == 0) {
      const auto tokens = static_cast<std::int64_t>(random() % 200),
                 dollars = static_cast<std::int64_t>(random() % 900);
      const bool fits = std::ssize(running) < kSlots && missing_ms10 + tokens * 100 <= kTokens * 100 &&
                        tokens_today + tokens <= kDaily && dollars_today + dollars <= kMoney;
      auto reservation = ledger_->reserve(kWeb, {static_cast<std::uint64_t>(tokens), 0, 0, dollars});
      ASSERT_EQ(reservation.ok(), fits) << i << ": " << reservation.status().message();
      if (!fits) continue;
      missing_ms10 += tokens * 100, tokens_today += tokens, dollars_today += dollars;
      running.push_back({*std::move(reservation), tokens, dollars, day});
    } else if (!running.empty()) {
      const auto which = running.begin() + static_cast<std::ptrdiff_t>(random() % running.size());
      const auto tokens = static_cast<std::int64_t>(random() % 300),
                 dollars = static_cast<std::int64_t>(random() % 1200);
      which->reservation.settle(static_cast<std::uint64_t>(tokens), dollars);
      missing_ms10 = std::clamp<std::int64_t>(missing_ms10 + (tokens - which->tokens) * 100, 0, 2 * kTokens * 100);
      if (which->day == day) {
        tokens_today = std::max<std::int64_t>(tokens_today + tokens - which->tokens, 0);
        dollars_today = std::max<std::int64_t>(dollars_today + dollars - which->dollars, 0);
      }
      running.erase(which);
    }
  }
}

}  // namespace
}  // namespace gatehouse::limits
