#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <vector>

#include "fake_clock.h"
#include "limits/ledger.h"

namespace gatehouse::limits {
namespace {

using core::LimitRule;

const std::vector<LimitRule> kRules{{.per = Scope::client, .tokens_per_minute = 100, .tokens_per_day = 1000},
                                    {.per = Scope::model, .tokens_per_day = 5000}};

std::string told(Ledger& ledger, std::optional<Scope> scope, std::optional<std::string_view> name) {
  std::string text;
  ledger.each_balance(scope, name, [&](Balance&& balance) {
    text += balance.name + ":" + std::string(core::info(balance.dimension).name) + "=" +
            std::to_string(balance.spent) + "/" + std::to_string(balance.most) + " ";
  });
  return text;
}

TEST(LedgerBalances, AreToldOfAllOrOfAScopeOrOfANameInIt) {
  FakeClock clock;
  Ledger ledger(kRules, clock.clock());
  for (const char* client : {"a", "a", "b"}) {
    auto reservation = ledger.reserve({client, "", "m"}, {10, 0});
    ASSERT_TRUE(reservation.ok());
    reservation->settle(10, 0);
  }
  EXPECT_EQ(told(ledger, Scope::client, "a"), "a:tokens_per_minute=20/100 a:tokens_per_day=20/1000 ");
  EXPECT_EQ(told(ledger, Scope::model, {}), "m:tokens_per_day=30/5000 ");
  EXPECT_EQ(told(ledger, Scope::client, "m"), "");
  EXPECT_EQ(told(ledger, Scope::key, {}), "");
  EXPECT_EQ(ledger.balances().size(), 5u);
}

TEST(LedgerBalances, AsManyAsThereIsRoomForAreAllRestored) {
  constexpr int kMany = 5'000;
  FakeClock clock;
  Ledger ledger(kRules, clock.clock(), kMany);
  std::vector<Balance> written;
  for (int i = 0; i < kMany; ++i) {
    written.push_back({.name = "client-" + std::to_string(i), .dimension = Dimension::tokens_day,
                       .period = ledger.now().day(), .most = 1000, .spent = i + 1});
  }
  ledger.restore(written);
  int restored = 0;
  for (const Balance& balance : ledger.balances()) restored += balance.spent > 0 ? 1 : 0;
  EXPECT_EQ(restored, kMany);
  EXPECT_EQ(ledger.reserve({"another", "", "m"}, {}).status().code(), core::Code::overloaded);
  EXPECT_EQ(told(ledger, Scope::client, "client-41"),
            "client-41:tokens_per_minute=0/100 client-41:tokens_per_day=42/1000 ");
}

}  // namespace
}  // namespace gatehouse::limits
