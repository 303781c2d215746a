#include "modules/swap/probation.h"

#include <gtest/gtest.h>

#include <future>

#include "core/wait.h"
#include "modules/swap/echo_plugin.h"

namespace gatehouse::modules {
namespace {

using namespace std::chrono_literals;

constexpr auto kLong = 30s;  // that nothing here takes
constexpr config::ProbationSettings kSettings{
    .window = kLong, .min_exchanges = 10, .max_errors = 0.1, .max_slowdown = 5};
constexpr config::ProbationSettings kBriefly{
    .window = 200ms, .min_exchanges = 10, .max_errors = 0.1, .max_slowdown = 5};

class ProbationTest : public testing::Test {
 protected:
  static void serve(const PluginUse& plugin, int times, bool failing = false) {
    for (int i = 0; i < times; ++i) plugin.instance->stats().use(failing);
  }
  static void call(const PluginUse& plugin, int times, std::chrono::milliseconds took) {
    for (int i = 0; i < times; ++i) {
      const MeteredCall metered(plugin.instance->stats());
      std::this_thread::sleep_for(took);
    }
  }
  // Why the new version was taken back; empty: it was not.
  std::string verdict() { return taken_back_.wait_for(kLong) == std::future_status::ready ? taken_back_.get() : ""; }
  bool taken_back() const { return taken_back_.wait_for(0s) == std::future_status::ready; }
  // Waits until a version is watched no longer; then only the test holds it.
  static bool released(const PluginUse& plugin) {
    const auto end = std::chrono::steady_clock::now() + kLong;
    while (plugin.instance.use_count() > 1 && std::chrono::steady_clock::now() < end) std::this_thread::sleep_for(1ms);
    return plugin.instance.use_count() == 1;
  }

  const PluginUse before_ = echo_in_use("local");
  const PluginUse after_ = echo_in_use("local");
  std::promise<std::string> promise_;
  std::future<std::string> taken_back_ = promise_.get_future();
  Probation probation_{[this](const Replacement& replacement, const std::string& why) {
    promise_.set_value(replacement.after.report.sha256 + ": " + why);
  }};
};

TEST_F(ProbationTest, AVersionThatFailsMoreThanItsPredecessorIsTakenBack) {
  serve(before_, 100);
  probation_.begin({{before_, after_}}, kSettings);
  serve(after_, 8);
  serve(after_, 2, true);
  EXPECT_EQ(verdict(), after_.report.sha256 + ": it failed 2 of 10 exchanges (20 %), its predecessor 0 %");
}

TEST_F(ProbationTest, OneThatFailsNoMoreThanItsPredecessorStays) {
  serve(before_, 10, true);
  probation_.begin({{before_, after_}}, kBriefly);
  serve(after_, 10, true);
  EXPECT_TRUE(released(after_));
  EXPECT_FALSE(taken_back());
}

TEST_F(ProbationTest, NothingIsConcludedFromFewExchanges) {
  probation_.begin({{before_, after_}}, kBriefly);
  serve(after_, 9, true);
  EXPECT_TRUE(released(after_));
  EXPECT_FALSE(taken_back());
}

TEST_F(ProbationTest, WhatAVersionDidBeforeItsProbationIsNotHeldAgainstIt) {
  serve(after_, 50, true);
  probation_.begin({{before_, after_}}, kBriefly);
  EXPECT_TRUE(released(after_));
  EXPECT_FALSE(taken_back());
}

TEST_F(ProbationTest, AVersionThatIsMuchSlowerIsTakenBack) {
  call(before_, 10, 0ms);
  probation_.begin({{before_, after_}}, kSettings);
  call(after_, 10, 20ms);
  EXPECT_NE(verdict().find("a call takes 2"), std::string::npos);
}

TEST_F(ProbationTest, AWindowOfZeroWatchesNothing) {
  probation_.begin({{before_, after_}}, {.window = 0ms});
  EXPECT_EQ(after_.instance.use_count(), 1);
}

TEST_F(ProbationTest, ANewerVersionOfTheSamePluginIsWatchedInsteadOfAnEarlierOne) {
  const PluginUse newer = echo_in_use("local");
  probation_.begin({{before_, after_}}, kSettings);
  probation_.begin({{after_, newer}}, kSettings);
  EXPECT_TRUE(released(before_));
  serve(newer, 10, true);
  EXPECT_EQ(verdict().substr(0, newer.report.sha256.size()), newer.report.sha256);
}

}  // namespace
}  // namespace gatehouse::modules
