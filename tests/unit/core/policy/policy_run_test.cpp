#include "core/policy/policy_run.h"

#include <gtest/gtest.h>

#include "scripted_policy.h"

namespace gatehouse::core {
namespace {

class PolicyRunTest : public testing::Test {
 protected:
  ScriptedPolicy& add(const std::string& name) {
    auto policy = std::make_shared<ScriptedPolicy>(name);
    chain.push_back(policy);
    return *policy;
  }
  Status ask(PolicyRun& run) { return run.on_request(request, {request, "id", "client", "m", {}, {}, 0}); }

  PolicyChain chain;
  ChatRequest request = a_request();
};

TEST_F(PolicyRunTest, TheFirstDenialStopsTheChain) {
  add("first");
  add("second").request = [](const RequestView&) { return ScriptedPolicy::deny("no"); };
  bool asked = false;
  add("third").request = [&](const RequestView&) { return asked = true, ScriptedPolicy::allow(); };
  PolicyRun run(chain);
  const Status status = ask(run);
  ASSERT_EQ(status.code(), Code::denied);
  EXPECT_EQ(status.failure().policy, "second");
  EXPECT_EQ(status.failure().reason, "no");
  EXPECT_EQ(status.message(), "because");
  EXPECT_FALSE(asked);
  ASSERT_EQ(run.decisions().size(), 2u);
  EXPECT_EQ(run.decisions()[1].verdict, Verdict::Kind::deny);
}

TEST_F(PolicyRunTest, ARewriteIsWhatTheNextOneSees) {
  add("rewrites").request = [](const RequestView&) {
    return ScriptedPolicy::modify(R"({"model":"other","messages":[{"role":"user","content":"y"}]})");
  };
  std::string seen;
  add("looks").request = [&](const RequestView& view) {
    return seen = view.request.messages()[0].text, ScriptedPolicy::allow();
  };
  PolicyRun run(chain);
  ASSERT_TRUE(ask(run).ok());
  EXPECT_EQ(seen, "y");
  EXPECT_EQ(request.model(), "other");
}

TEST_F(PolicyRunTest, ABrokenRewriteCountsAsAFailure) {
  add("breaks").request = [](const RequestView&) { return ScriptedPolicy::modify("{"); };
  PolicyRun run(chain);
  EXPECT_EQ(ask(run).failure().reason, "policy_failed");
}

TEST_F(PolicyRunTest, AFailingPolicyDeniesUnlessToldOtherwise) {
  ScriptedPolicy& policy = add("fails");
  policy.request = [](const RequestView&) { return Verdict{}; };
  {
    PolicyRun run(chain);
    EXPECT_EQ(ask(run).code(), Code::denied);
  }
  policy.error = OnError::allow;
  PolicyRun run(chain);
  EXPECT_TRUE(ask(run).ok());
}

TEST_F(PolicyRunTest, ADecisionTookAsLongAsThePolicySaysWithItsBeginning) {
  ScriptedPolicy& policy = add("slow");
  policy.beginning = std::chrono::milliseconds(5);
  policy.request = [](const RequestView&) {
    Verdict verdict = ScriptedPolicy::allow();
    verdict.took = std::chrono::milliseconds(3);
    return verdict;
  };
  PolicyRun run(chain);
  ASSERT_TRUE(ask(run).ok());
  ASSERT_EQ(run.decisions().size(), 1u);
  EXPECT_EQ(run.decisions()[0].took, std::chrono::milliseconds(8));
}

TEST_F(PolicyRunTest, EveryBeginHasItsEnd) {
  ScriptedPolicy& first = add("first");
  ScriptedPolicy& second = add("second");
  second.begins = false;
  second.error = OnError::allow;
  second.mode = StreamMode::delta;
  {
    PolicyRun run(chain);
    EXPECT_TRUE(ask(run).ok());
    EXPECT_EQ(first.open, 1);
    std::string text = "a";
    EXPECT_TRUE(run.on_chunk(1, text).ok());  // it never began, so it is not asked
    EXPECT_TRUE(second.seen.empty());
  }
  EXPECT_EQ(first.open, 0);
  EXPECT_EQ(second.open, 0);
}

TEST_F(PolicyRunTest, ResponsesPassInReverse) {
  add("first").response = [](std::string_view text) { return ScriptedPolicy::modify(std::string(text) + "1"); };
  add("second").response = [](std::string_view text) { return ScriptedPolicy::modify(std::string(text) + "2"); };
  PolicyRun run(chain);
  ASSERT_TRUE(ask(run).ok());
  std::string text = "0";
  EXPECT_TRUE(run.on_response(text, false).ok());
  EXPECT_EQ(text, "021");
}

TEST_F(PolicyRunTest, AnObjectionToWhatWasSentIsOnlyRecorded) {
  add("objects").response = [](std::string_view) { return ScriptedPolicy::deny("late"); };
  PolicyRun run(chain);
  ASSERT_TRUE(ask(run).ok());
  std::string text = "sent";
  EXPECT_TRUE(run.on_response(text, true).ok());
  EXPECT_EQ(run.decisions().back().code, "late");
  EXPECT_EQ(run.on_response(text, false).code(), Code::denied);
}

}  // namespace
}  // namespace gatehouse::core
