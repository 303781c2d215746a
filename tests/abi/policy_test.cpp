// Policy plugins through core::Policy: verdicts, state of an exchange, and failures of every kind.
#include "modules/adapters/policy.h"

#include "plugins_fixture.h"

namespace gatehouse::modules {
namespace {

using core::Verdict;

const char* const kOneMessage = R"({"model":"m","messages":[{"role":"user","content":"hello"}]})";

std::unique_ptr<PluginPolicy> policy(const std::string& name, std::string_view config = "{}") {
  auto instance = create(name, GH_POLICY_1, config);
  EXPECT_TRUE(instance.ok()) << instance.status().message();
  return std::make_unique<PluginPolicy>(*instance, core::OnError::deny);
}

std::chrono::nanoseconds took{0};  // what begin() adds to; policy_run_test.cpp looks at it

Verdict ask(core::Policy& policy) {
  const TestRequest request(kOneMessage);
  auto call = policy.begin(request.view(), took);
  EXPECT_TRUE(call.ok());
  Verdict verdict = policy.on_request(*call, request.view());
  policy.end(*call);
  return verdict;
}

class WorkingPolicyTest : public testing::TestWithParam<const char*> {};

TEST_P(WorkingPolicyTest, Answers) {
  const auto checked = policy(GetParam());
  EXPECT_EQ(ask(*checked).kind, Verdict::Kind::allow);
  EXPECT_FALSE(checked->sees_responses());
  EXPECT_EQ(checked->stream_mode(), core::StreamMode::none);
}

INSTANTIATE_TEST_SUITE_P(Plugins, WorkingPolicyTest, testing::Values("c", "older_sdk", "newer_sdk"),
                         [](const auto& test) { return std::string(test.param); });

TEST(PluginPolicy, PassesOnContentCodeAndText) {
  const auto changing = policy("throwing_policy");
  const Verdict verdict = ask(*changing);
  EXPECT_EQ(verdict.kind, Verdict::Kind::modify);
  EXPECT_EQ(verdict.content, std::string(kOneMessage) + " ");
  EXPECT_EQ(verdict.code, "spaced");
}

TEST(PluginPolicy, EditsTextsAndLeavesTheRestAlone) {
  const TestRequest request(R"({"x":1.50, "messages":[{"content":"a\u0040","role":"user","n":"b"}],"model":"m"})");
  const Verdict verdict = policy("edits_texts")->on_request(nullptr, request.view());
  EXPECT_EQ(verdict.kind, Verdict::Kind::modify);
  EXPECT_EQ(verdict.content, R"({"x":1.50, "messages":[{"content":"user","role":"user","n":"b"}],"model":"m"})");
}

TEST(PluginPolicy, FailsWhereItEditsATextThatIsNotThere) {
  const Verdict verdict = ask(*policy("edits_what_is_not_there"));
  EXPECT_EQ(verdict.kind, Verdict::Kind::failed);
  EXPECT_EQ(verdict.text, "its edits: there is no text 7 that can be edited");
}

TEST(PluginPolicy, KeepsTheStateOfEachExchangeApart) {
  const auto counting = policy("throwing_policy");
  const TestRequest request(kOneMessage);
  auto first = counting->begin(request.view(), took);
  auto second = counting->begin(request.view(), took);
  ASSERT_TRUE(first.ok() && second.ok());
  EXPECT_EQ(counting->stream_mode(), core::StreamMode::delta);
  EXPECT_EQ(counting->on_chunk(*first, "a").content, "a1");
  EXPECT_EQ(counting->on_chunk(*first, "a").content, "a2");
  EXPECT_EQ(counting->on_chunk(*second, "b").content, "b1");
  ASSERT_TRUE(counting->sees_responses());
  EXPECT_EQ(counting->on_response(*first, "aa").kind, Verdict::Kind::deny);
  EXPECT_EQ(counting->on_response(*first, "aa").code, "too_many");
  EXPECT_EQ(counting->on_response(*second, "b").kind, Verdict::Kind::allow);
  counting->end(*first);
  counting->end(*second);
}

TEST(PluginPolicy, FailsWithTheReasonWhenItThrows) {
  const Verdict verdict = ask(*policy("throwing_policy", R"({"fail":"on_request"})"));
  EXPECT_EQ(verdict.kind, Verdict::Kind::failed);
  EXPECT_EQ(verdict.text, "thrown in on_request");

  const TestRequest request(kOneMessage);
  const auto in_chunk = policy("throwing_policy", R"({"fail":"on_chunk"})");
  auto call = in_chunk->begin(request.view(), took);
  ASSERT_TRUE(call.ok());
  EXPECT_EQ(in_chunk->on_chunk(*call, "x").text, "thrown in on_chunk");
  in_chunk->end(*call);
}

TEST(PluginPolicy, FailsToBeginWithTheReason) {
  const TestRequest request(kOneMessage);
  const auto call = policy("throwing_policy", R"({"fail":"begin"})")->begin(request.view(), took);
  ASSERT_FALSE(call.ok());
  EXPECT_EQ(call.status().code(), core::Code::internal);
  EXPECT_EQ(call.status().message(), "throwing_policy: thrown in begin");
}

TEST(PluginPolicy, TakesAnUnknownVerdictForAFailure) {
  const Verdict verdict = ask(*policy("unknown_verdict"));
  EXPECT_EQ(verdict.kind, Verdict::Kind::failed);
  EXPECT_EQ(verdict.text, "the plugin answered with the unknown verdict 77");
}

TEST(PluginPolicy, SaysSoWhenAFailureHasNoReason) {
  const Verdict verdict = ask(*policy("failed_verdict"));
  EXPECT_EQ(verdict.kind, Verdict::Kind::failed);
  EXPECT_EQ(verdict.text, "the plugin gave no reason");
}

}  // namespace
}  // namespace gatehouse::modules
