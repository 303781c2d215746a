#include <gtest/gtest.h>

#include "policy_question.h"

namespace gatehouse::testing {
namespace {

TEST(PromptSize, CountsCharactersNotBytes) {
  PluginInstance policy("prompt_size", R"({"max_characters":6})");
  EXPECT_EQ(ask(policy, Request().user("\u00e4\u00f6\u00fc\u20ac\U0001F600!")).value, GH_ALLOW);

  const Decision decision = ask(policy, Request().user("\u00e4\u00f6\u00fc\u20ac\U0001F600!!"));
  EXPECT_EQ(decision.value, GH_DENY);
  EXPECT_EQ(decision.code, "prompt_too_large");
  EXPECT_EQ(decision.text, "The prompt has 7 characters; at most 6 are allowed");
}

TEST(PromptSize, CountsAllMessages) {
  PluginInstance policy("prompt_size", R"({"max_characters":6})");
  EXPECT_EQ(ask(policy, Request().message("system", "abc").user("def")).value, GH_ALLOW);
  EXPECT_EQ(ask(policy, Request().message("system", "abcd").user("def")).value, GH_DENY);
}

TEST(PromptSize, HoldsTheEstimateAgainstTheTokens) {
  PluginInstance policy("prompt_size", R"({"max_tokens":100})");
  EXPECT_EQ(ask(policy, Request().user("hi").estimated_tokens(100)).value, GH_ALLOW);

  const Decision decision = ask(policy, Request().user("hi").estimated_tokens(101));
  EXPECT_EQ(decision.code, "prompt_too_large");
  EXPECT_EQ(decision.text, "The prompt has 101 tokens; at most 100 are allowed");
}

TEST(PromptSize, EitherLimitDenies) {
  PluginInstance policy("prompt_size", R"({"max_tokens":100,"max_characters":3})");
  EXPECT_EQ(ask(policy, Request().user("abc").estimated_tokens(100)).value, GH_ALLOW);
  EXPECT_EQ(ask(policy, Request().user("abcd").estimated_tokens(1)).value, GH_DENY);
  EXPECT_EQ(ask(policy, Request().user("a").estimated_tokens(101)).value, GH_DENY);
}

TEST(PromptSize, RefusesConfigurationsThatMakeNoSense) {
  EXPECT_EQ(refusal("prompt_size", "{}"), "config needs max_characters, max_tokens or both");
  EXPECT_EQ(refusal("prompt_size", R"({"max_tokens":0})"),
            "config.max_tokens must be a whole number of at least 1, not 0");
}

}  // namespace
}  // namespace gatehouse::testing
