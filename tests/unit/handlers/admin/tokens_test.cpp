// Who may look, who may change, and what becomes of those who guess.
#include "handlers/admin/tokens.h"

#include <gtest/gtest.h>

namespace gatehouse::handlers {
namespace {

using core::Code;
using namespace std::chrono_literals;

class TokensTest : public testing::Test {
 protected:
  Code admit(std::string_view method, std::string_view token, std::string_view address = "10.0.0.1") {
    return tokens.admit(method, "Bearer " + std::string(token), address, now).code();
  }
  void guess_until_refused(std::string_view address) {
    for (int i = 0; i < Tokens::kWrongAtOnce; ++i) EXPECT_EQ(admit("GET", "wrong", address), Code::unauthenticated);
    EXPECT_EQ(admit("GET", "wrong", address), Code::rate_limited);
  }

  Tokens tokens{config::Secret("change"), config::Secret("look")};
  Tokens::Clock::time_point now{1h};
};

TEST_F(TokensTest, AViewerLooksAndAnAdminChanges) {
  for (const char* method : {"GET", "HEAD"}) {
    EXPECT_EQ(admit(method, "change"), Code::ok);
    EXPECT_EQ(admit(method, "look"), Code::ok);
  }
  for (const char* method : {"POST", "PUT", "PATCH", "DELETE", "OPTIONS", "ODD"}) {
    EXPECT_EQ(admit(method, "change"), Code::ok);
    EXPECT_EQ(admit(method, "look"), Code::denied);
  }
}

TEST_F(TokensTest, WithoutTokensEverybodyMayDoEverything) {
  Tokens none{config::Secret(), config::Secret()};
  EXPECT_TRUE(none.admit("POST", "", "10.0.0.1").ok());
  Tokens only_admin{config::Secret("change"), config::Secret()};
  EXPECT_EQ(only_admin.admit("GET", "", "10.0.0.1").code(), Code::unauthenticated);
  EXPECT_EQ(only_admin.admit("GET", "Bearer ", "10.0.0.1").code(), Code::unauthenticated);
}

TEST_F(TokensTest, WhoKeepsGuessingHasToWaitAndTheRightTokenWithHim) {
  guess_until_refused("10.0.0.1");
  EXPECT_EQ(admit("GET", "change"), Code::rate_limited);  // or he would learn that it is right
  EXPECT_EQ(admit("GET", "change", "10.0.0.2"), Code::ok);
  const core::Status refused = tokens.admit("GET", "Bearer wrong", "10.0.0.1", now);
  EXPECT_EQ(refused.failure().retry_after, Tokens::kForgive);
  now += Tokens::kForgive;
  EXPECT_EQ(admit("GET", "wrong"), Code::unauthenticated);  // one guess a second
  EXPECT_EQ(admit("GET", "wrong"), Code::rate_limited);
  now += 2 * Tokens::kForgive;
  EXPECT_EQ(admit("GET", "change"), Code::ok);
}

TEST_F(TokensTest, WhatIsRightCostsNothing) {
  for (int i = 0; i < 1'000; ++i) EXPECT_EQ(admit("GET", "look"), Code::ok);
  for (int i = 0; i < 1'000; ++i) EXPECT_EQ(admit("POST", "look"), Code::denied);
  for (int i = 0; i < 1'000; ++i) EXPECT_EQ(tokens.admit("GET", "", "10.0.0.1", now).code(), Code::unauthenticated);
  EXPECT_EQ(admit("GET", "change"), Code::ok);
}

TEST_F(TokensTest, AllIsForgottenAfterAWhile) {
  guess_until_refused("10.0.0.1");
  now += Tokens::kWrongAtOnce * Tokens::kForgive;
  guess_until_refused("10.0.0.1");
}

TEST_F(TokensTest, ManyAddressesAreHeldToOneBudgetOnceThereAreTooMany) {
  for (std::size_t i = 0; i < Tokens::kMostAddresses; ++i) admit("GET", "wrong", "10.1.0." + std::to_string(i));
  for (int i = 0; i < Tokens::kWrongAtOnce; ++i)
    EXPECT_EQ(admit("GET", "wrong", "10.2.0." + std::to_string(i)), Code::unauthenticated);
  EXPECT_EQ(admit("GET", "wrong", "10.3.0.1"), Code::rate_limited);
  now += Tokens::kQuiet;
  EXPECT_EQ(admit("GET", "wrong", "10.3.0.1"), Code::unauthenticated);  // there is room again
}

}  // namespace
}  // namespace gatehouse::handlers
