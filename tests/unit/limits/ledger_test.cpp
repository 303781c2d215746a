#include "limits/ledger.h"

#include <gtest/gtest.h>

#include <optional>
#include <vector>

#include "fake_clock.h"

namespace gatehouse::limits {
namespace {

using core::LimitRule;
using std::chrono::milliseconds;

constexpr Subject kDev{"dev-local-1", "k1", "default-chat"};

class LedgerTest : public testing::Test {
 protected:
  void rules(std::vector<LimitRule> rules) { ledger_.emplace(rules, clock_.clock()); }

  core::Status spend(const Subject& subject, std::uint64_t input = 0, std::uint64_t output = 0) {
    auto reservation = ledger_->reserve(subject, {input, output});
    if (!reservation.ok()) return reservation.status();
    reservation->settle(input + output);
    return {};
  }

  FakeClock clock_;
  std::optional<Ledger> ledger_;
};

TEST_F(LedgerTest, LimitsRequestsPerClient) {
  rules({{.per = Scope::client, .requests_per_minute = 2}});
  EXPECT_TRUE(spend(kDev).ok());
  EXPECT_TRUE(spend(kDev).ok());
  const core::Status refused = spend(kDev);
  EXPECT_EQ(refused.code(), core::Code::rate_limited);
  EXPECT_EQ(refused.http_status(), 429);
  EXPECT_EQ(refused.message(), "Request rate exceeded for client_id dev-local-1");
  EXPECT_EQ(refused.failure().reason, "requests");
  EXPECT_EQ(refused.failure().retry_after, milliseconds(30'000));
  EXPECT_FALSE(refused.failure().retry_useless);
  EXPECT_TRUE(spend({"another", "k1", "default-chat"}).ok());
  clock_.advance_ms(30'000);
  EXPECT_TRUE(spend(kDev).ok());
}

TEST_F(LedgerTest, SaysWhichLimitWasMet) {
  const std::pair<Scope, const char*> cases[] = {{Scope::client, "client_id dev-local-1"},
                                                 {Scope::key, "key k1"},
                                                 {Scope::model, "model default-chat"},
                                                 {Scope::global, "all callers together"}};
  for (const auto& [per, whom] : cases) {
    rules({{per, 1, 0, 0}});
    EXPECT_TRUE(spend(kDev).ok());
    EXPECT_EQ(spend(kDev).message(), std::string("Request rate exceeded for ") + whom);
    rules({{per, 0, 10, 0}});
    EXPECT_TRUE(spend(kDev, 10).ok());
    EXPECT_EQ(spend(kDev, 1).message(), std::string("Token rate exceeded for ") + whom);
    EXPECT_EQ(spend(kDev, 1).failure().reason, "tokens");
    EXPECT_EQ(spend(kDev, 1).failure().retry_after, milliseconds(6'000));
    rules({{per, 0, 0, 1}});
    const auto running = ledger_->reserve(kDev, {});
    ASSERT_TRUE(running.ok());
    EXPECT_EQ(spend(kDev).message(), std::string("Too many requests at once for ") + whom);
    EXPECT_EQ(spend(kDev).failure().reason, "concurrent");
  }
}

TEST_F(LedgerTest, CountsTheNamelessTogether) {
  rules({{.per = Scope::client, .requests_per_minute = 1}});
  EXPECT_TRUE(spend({"", "a", "m"}).ok());
  EXPECT_EQ(spend({"", "b", "n"}).message(), "Request rate exceeded for callers without a client_id");
}

TEST_F(LedgerTest, NoRulesNoLimits) {
  rules({});
  for (int i = 0; i < 1000; ++i) EXPECT_TRUE(spend(kDev, 1'000'000'000).ok());
  EXPECT_EQ(ledger_->quotas(kDev)[Dimension::requests].limit, 0);
}

// A first request passes whatever output it may ask for; one whose input alone is too much never can.
TEST_F(LedgerTest, CapsTheReservationAtTheBucket) {
  rules({{.per = Scope::client, .tokens_per_minute = 100}});
  EXPECT_TRUE(spend(kDev, 0, 0).ok());
  {
    auto first = ledger_->reserve(kDev, {10, 1024});
    ASSERT_TRUE(first.ok());
    EXPECT_EQ(first->quotas()[Dimension::tokens].remaining, 0);
    first->settle(15);
    EXPECT_EQ(ledger_->quotas(kDev)[Dimension::tokens].remaining, 85);
  }
  rules({{.per = Scope::client, .tokens_per_minute = 100}});  // with another ledger
  EXPECT_TRUE(ledger_->reserve(kDev, {1, 5000}).ok());
  rules({{.per = Scope::client, .tokens_per_minute = 100}});
  EXPECT_TRUE(ledger_->reserve(kDev, {100, 0}).ok());
  const core::Status refused = spend(kDev, 101);
  EXPECT_EQ(refused.message(),
            "Request too large for client_id dev-local-1 on tokens per minute: Limit 100, Requested 101");
  EXPECT_TRUE(refused.failure().retry_useless);
  EXPECT_EQ(refused.failure().retry_after, milliseconds(0));
  EXPECT_EQ(refused.failure().reason, "tokens");
  EXPECT_FALSE(spend(kDev, ~0ull, ~0ull).ok());
}

TEST_F(LedgerTest, ARefusalTakesNothingAnywhere) {
  rules({{.per = Scope::client, .requests_per_minute = 100, .tokens_per_minute = 1000, .concurrent = 5},
         {.per = Scope::model, .requests_per_minute = 100, .tokens_per_minute = 1000, .concurrent = 5},
         {.per = Scope::global, .requests_per_minute = 100, .tokens_per_minute = 50, .concurrent = 5}});
  EXPECT_TRUE(spend(kDev, 50).ok());
  const core::Quotas before = ledger_->quotas(kDev);
  for (int i = 0; i < 20; ++i) {
    EXPECT_EQ(spend(kDev, 1).message(), "Token rate exceeded for all callers together");
  }
  const core::Quotas after = ledger_->quotas(kDev);
  EXPECT_EQ(after[Dimension::requests].remaining, before[Dimension::requests].remaining);
  EXPECT_EQ(after[Dimension::requests].reset, before[Dimension::requests].reset);
  EXPECT_EQ(after[Dimension::tokens].reset, before[Dimension::tokens].reset);
  std::vector<Reservation> running;  // every slot is still there
  clock_.advance_ms(60'000);
  for (int i = 0; i < 5; ++i) {
    auto reservation = ledger_->reserve(kDev, {});
    ASSERT_TRUE(reservation.ok()) << i;
    running.push_back(*std::move(reservation));
  }
  EXPECT_FALSE(ledger_->reserve(kDev, {}).ok());
}

TEST_F(LedgerTest, NewRulesForgetNothing) {
  rules({{.per = Scope::client, .requests_per_minute = 10, .tokens_per_minute = 100, .concurrent = 2}});
  auto running = ledger_->reserve(kDev, {30, 0});
  ASSERT_TRUE(running.ok());
  EXPECT_TRUE(spend(kDev, 20).ok());

  ledger_->set_rules(std::vector<LimitRule>{{.per = Scope::client,
                                             .requests_per_minute = 10,
                                             .tokens_per_minute = 200,
                                             .concurrent = 1}});  // tokens and slots change
  EXPECT_EQ(ledger_->quotas(kDev)[Dimension::requests].remaining, 8);
  EXPECT_EQ(ledger_->quotas(kDev)[Dimension::tokens].limit, 200);
  EXPECT_EQ(ledger_->quotas(kDev)[Dimension::tokens].remaining, 150);
  EXPECT_EQ(spend(kDev).failure().reason, "concurrent");  // the one that runs counts under the new rule
  running->settle(30);
  EXPECT_TRUE(spend(kDev).ok());

  ledger_->set_rules(std::vector<LimitRule>{{.per = Scope::client, .requests_per_minute = 1}});
  EXPECT_FALSE(spend(kDev).ok()) << "what was spent under the old limit stays spent";
  ledger_->set_rules({});
  EXPECT_TRUE(spend(kDev).ok());
}

TEST_F(LedgerTest, TheStricterOfTwoRulesHolds) {
  rules({{.per = Scope::client, .requests_per_minute = 5}, {.per = Scope::client, .requests_per_minute = 2}});
  EXPECT_EQ(ledger_->quotas(kDev)[Dimension::requests].limit, 2);
}

TEST_F(LedgerTest, ManyNamesAreRefusedRatherThanForgotten) {
  const std::vector<LimitRule> one{{.per = Scope::client, .requests_per_minute = 1}};
  Ledger small(one, clock_.clock(), 64);
  int overloaded = 0;
  for (int i = 0; i < 1000; ++i) {
    const std::string name = "client" + std::to_string(i);
    const auto reservation = small.reserve({name, "", ""}, {});
    if (reservation.ok()) continue;
    EXPECT_EQ(reservation.status().code(), core::Code::overloaded);
    EXPECT_EQ(reservation.status().http_status(), 503);
    ++overloaded;
  }
  EXPECT_GT(overloaded, 800);
  EXPECT_FALSE(small.reserve({"client0", "", ""}, {}).ok()) << "a spent bucket was forgotten";
  clock_.advance_ms(60'000);
  EXPECT_FALSE(small.changes().empty()) << "what is not written down yet is not forgotten";
  EXPECT_TRUE(small.reserve({"somebody-new", "", ""}, {}).ok());
}

}  // namespace
}  // namespace gatehouse::limits
