#include "modules/abi/account.h"

#include <gtest/gtest.h>

#include <numeric>
#include <thread>

namespace gatehouse::modules {
namespace {

PluginVersion version(std::string sha256) { return {"policy", "stamp", "1.0.0", std::move(sha256)}; }

TEST(AccountTest, CountsCallsVerdictsAndErrors) {
  Account account(version("a"));
  for (int i = 0; i < 40; ++i) const MeteredCall call(account);
  account.verdict(Account::Verdict::deny);
  account.error();
  const Account::Figures figures = account.figures();
  EXPECT_EQ(figures.calls, 40u);
  EXPECT_EQ(std::accumulate(figures.latency.begin(), figures.latency.end(), 0u), 40u);
  EXPECT_EQ(figures.verdicts, (std::array<std::uint64_t, 3>{0, 0, 1}));
  EXPECT_EQ(figures.errors, 1u);
}

TEST(AccountTest, TellsTimeFromCpuTime) {
  Account account(version("a"));
  {
    const MeteredCall call(account, MeteredCall::Kind::lengthy);
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  const Account::Figures figures = account.figures();
  EXPECT_GE(figures.time, std::chrono::milliseconds(20));
  EXPECT_LT(figures.cpu, std::chrono::milliseconds(10));
  EXPECT_EQ(std::accumulate(figures.latency.begin() + 7, figures.latency.end(), 0u), 1u) << "16 ms at least";
  EXPECT_GE(figures.within(0.5), 65'536u);
  EXPECT_EQ(figures.longer_than(std::chrono::milliseconds(5)), 1u);
  EXPECT_EQ(figures.longer_than(std::chrono::hours(1)), figures.latency.back());
  EXPECT_EQ(account.figures().since(figures).calls, 0u);
}

TEST(AccountsTest, AVersionThatReturnsFindsItsFigures) {
  Accounts accounts;
  const auto first = accounts.open(version("a"));
  first->error();
  EXPECT_NE(accounts.open(version("b")), first);
  EXPECT_EQ(accounts.open(version("a")), first);
  EXPECT_EQ(accounts.all().size(), 2u);
}

TEST(AccountsTest, EveryVersionOfAPluginHasTheSameCounters) {
  Accounts accounts;
  accounts.open(version("a"))->counters().add("seen", 2);
  EXPECT_EQ(accounts.open(version("b"))->counters().add("seen", 3), 5);
  EXPECT_EQ(accounts.open({"shadow", "stamp", "1.0.0", "a"})->counters().add("seen", 1), 1);
}

TEST(AccountsTest, KeepsTheLatestAndThoseInUse) {
  Accounts accounts;
  const auto used = accounts.open(version("used"));
  for (int i = 0; i < 500; ++i) accounts.open(version(std::to_string(i)));
  const auto all = accounts.all();
  EXPECT_LE(all.size(), 64u);
  EXPECT_EQ(all.back()->version().sha256, "499");
  EXPECT_EQ(accounts.open(version("used")), used);
}

}  // namespace
}  // namespace gatehouse::modules
