#include "modules/abi/plugin_stats.h"

#include <gtest/gtest.h>

#include <numeric>
#include <thread>

namespace gatehouse::modules {
namespace {

PluginVersion version(std::string sha256) { return {{PluginKind::policy, "stamp"}, "1.0.0", std::move(sha256)}; }

TEST(AccountTest, CountsCallsVerdictsAndErrors) {
  PluginStats stats(version("a"));
  for (int i = 0; i < 40; ++i) const MeteredCall call(stats);
  stats.verdict(PluginStats::Verdict::deny);
  stats.error();
  const PluginStats::Figures figures = stats.figures();
  EXPECT_EQ(figures.calls, 40u);
  EXPECT_EQ(std::accumulate(figures.latency.begin(), figures.latency.end(), 0u), 40u);
  EXPECT_EQ(figures.verdicts, (std::array<std::uint64_t, 3>{0, 0, 1}));
  EXPECT_EQ(figures.errors, 1u);
}

TEST(AccountTest, TellsTimeFromCpuTime) {
  PluginStats stats(version("a"));
  {
    const MeteredCall call(stats, MeteredCall::Kind::lengthy);
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  const PluginStats::Figures figures = stats.figures();
  EXPECT_GE(figures.time, std::chrono::milliseconds(20));
  EXPECT_LT(figures.cpu, std::chrono::milliseconds(10));
  EXPECT_EQ(std::accumulate(figures.latency.begin() + 7, figures.latency.end(), 0u), 1u) << "16 ms at least";
  EXPECT_GE(figures.within(0.5), 65'536u);
  EXPECT_EQ(figures.longer_than(std::chrono::milliseconds(5)), 1u);
  EXPECT_EQ(figures.longer_than(std::chrono::hours(1)), figures.latency.back());
  EXPECT_EQ(stats.figures().since(figures).calls, 0u);
}

TEST(AccountsTest, AVersionThatReturnsFindsItsFigures) {
  PluginStatsTable stats;
  const auto first = stats.open(version("a"));
  first->error();
  EXPECT_NE(stats.open(version("b")), first);
  EXPECT_EQ(stats.open(version("a")), first);
  EXPECT_EQ(stats.all().size(), 2u);
}

TEST(AccountsTest, EveryVersionOfAPluginHasTheSameCounters) {
  PluginStatsTable stats;
  stats.open(version("a"))->counters().add("seen", 2);
  EXPECT_EQ(stats.open(version("b"))->counters().add("seen", 3), 5);
  EXPECT_EQ(stats.open({{PluginKind::shadow, "stamp"}, "1.0.0", "a"})->counters().add("seen", 1), 1);
}

TEST(AccountsTest, KeepsTheLatestAndThoseInUse) {
  PluginStatsTable stats;
  const auto used = stats.open(version("used"));
  for (int i = 0; i < 500; ++i) stats.open(version(std::to_string(i)));
  const auto all = stats.all();
  EXPECT_LE(all.size(), 64u);
  EXPECT_EQ(all.back()->version().sha256, "499");
  EXPECT_EQ(stats.open(version("used")), used);
}

}  // namespace
}  // namespace gatehouse::modules
