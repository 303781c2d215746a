// The journey as a whole, with a provider, a caller and a policy that do as they are told.
#include "exchange.h"

#include <gtest/gtest.h>

#include "core/policy/scripted_policy.h"
#include "limits/fake_clock.h"

namespace gatehouse {
namespace {

using core::Event;
using core::ScriptedPolicy;
using core::Status;

constexpr limits::Subject kDev{"dev", "", "m"};

class EngagedProvider final : public core::Provider {
 public:
  std::string_view name() const override { return "local"; }
  Status answer(const core::Attempt&, core::ReplySink& sink) override {
    if (!fails.ok()) return fails;
    core::Usage usage;
    usage.input = 7, usage.output = 3;
    const std::vector<Event> events{{Event::Kind::text, 0, 0, "hello", {}, {}, {}},
                                    {Event::Kind::usage, 0, 0, {}, {}, {}, usage},
                                    {Event::Kind::finish, 0, 0, "stop", {}, {}, {}}};
    return sink.on_chunk({events, {}});
  }
  Status fails;
};

// Looks at the books at the moment its answer is complete: a caller may ask again then.
class CallerAtTheLedger final : public core::AnswerWriter {
 public:
  explicit CallerAtTheLedger(limits::Ledger& ledger) : ledger_(ledger) {}
  void quotas(const core::Quotas&) override {}
  void target(std::string_view, std::string_view) override {}
  Status whole(const core::Reply&) override { return look(); }
  Status chunk(const core::Chunk&) override { return {}; }
  Status end(const core::Usage&) override { return look(); }
  Status heartbeat() override { return {}; }
  void fail(const Status& status) override { failure = status, (void)look(); }
  int http_status() const override { return 200; }
  std::uint64_t bytes_sent() const override { return 0; }

  Status failure;
  int answers = 0;
  std::int64_t tokens_left = 0;
  std::int64_t requests_left = 0;
  bool slot_is_free = false;

 private:
  Status look() {
    ++answers;
    const core::Quotas quotas = ledger_.quotas(kDev);
    tokens_left = quotas[core::Dimension::tokens].remaining;
    requests_left = quotas[core::Dimension::requests].remaining;
    slot_is_free = ledger_.reserve(kDev, {}).ok();
    return {};
  }
  limits::Ledger& ledger_;
};

struct Nobody final : core::Transport, core::RecordLog, core::ExchangeObserver, core::Cancellation {
  Status send(const core::UpstreamRequest&, const core::Timeouts&, core::Cancellation&, core::UpstreamSink&,
              core::UpstreamTrace&) override {
    return {core::Code::internal, "nobody is there"};
  }
  Status admit() override { return {}; }
  void write(core::LogLinePtr line) override { lines.push_back(std::move(line)); }
  void began() override {}
  void ended(const core::Record&, std::span<const core::Decision>) override {}
  std::span<const core::Watch> watches() const override { return {}; }
  Status check() override { return {}; }

  std::vector<core::LogLinePtr> lines;
};

class ExchangeTest : public testing::Test {
 protected:
  ExchangeTest() { routes_["m"] = {"m", {{provider_, "real"}}, {}, {}}; }

  void run(std::string_view fields = "") {
    auto request = core::ChatRequest::parse(
        core::PaddedBytes(R"({"model":"m","messages":[{"role":"user","content":"x"}])" + std::string(fields) + "}"));
    ASSERT_TRUE(request.ok()) << request.status().message();
    Exchange(context_, record_, nobody_, caller_).run({"dev", "", nullptr}, *request);
    EXPECT_EQ(caller_.answers, 1);
    EXPECT_EQ(caller_.requests_left, 99) << "it stays counted";
    EXPECT_TRUE(caller_.slot_is_free);
  }

  limits::FakeClock clock_;
  const std::vector<core::LimitRule> rules_{
      {.per = core::Scope::client, .requests_per_minute = 100, .tokens_per_minute = 5000, .concurrent = 1}};
  limits::Ledger ledger_{rules_, clock_.clock()};
  std::shared_ptr<EngagedProvider> provider_ = std::make_shared<EngagedProvider>();
  std::shared_ptr<ScriptedPolicy> policy_ = std::make_shared<ScriptedPolicy>("stern");
  core::PolicyChain policies_{policy_};
  core::Routes routes_;
  core::Breakers breakers_;
  core::Record record_;
  Nobody nobody_;
  CallerAtTheLedger caller_{ledger_};
  core::RefusalBudget refusals_;
  const limits::Encodings encodings_;
  const ExchangeContext context_{routes_,    policies_, nobody_, refusals_, ledger_,
                                 encodings_, nobody_,   nobody_, breakers_};
};

TEST_F(ExchangeTest, IsSettledBeforeItsAnswerIsComplete) {
  run();
  EXPECT_EQ(caller_.tokens_left, 4990);
  EXPECT_EQ(ledger_.usage().take().size(), 1u) << "booked once";
}

TEST_F(ExchangeTest, IsSettledBeforeItsStreamEnds) {
  run(R"(,"stream":true)");
  EXPECT_EQ(caller_.tokens_left, 4990);
}

TEST_F(ExchangeTest, ADenialHasGivenTheTokensBackBeforeItIsToldOf) {
  policy_->request = [](const core::RequestView&) { return ScriptedPolicy::deny("no"); };
  run();
  EXPECT_EQ(caller_.failure.code(), core::Code::denied);
  EXPECT_EQ(caller_.tokens_left, 5000);
}

TEST_F(ExchangeTest, AFailureHasGivenTheTokensBackBeforeItIsToldOf) {
  provider_->fails = Status(core::Code::invalid_request, "not like this");
  run();
  EXPECT_EQ(caller_.failure.code(), core::Code::invalid_request);
  EXPECT_EQ(caller_.tokens_left, 5000);
}

TEST_F(ExchangeTest, AnAnswerThatAPolicyHoldsBackIsPaidFor) {
  policy_->response = [](std::string_view) { return ScriptedPolicy::deny("no"); };
  run();
  EXPECT_EQ(caller_.failure.code(), core::Code::denied);
  EXPECT_EQ(caller_.tokens_left, 4990);
}

TEST_F(ExchangeTest, AStrangerLeavesAFewRecordsThatMakeRoomForOthersAndIsAlwaysAnswered) {
  constexpr int kRefusals = 100;
  for (int i = 0; i < kRefusals; ++i) {
    core::Record record;
    record.remote_addr = "192.0.2.1";
    Exchange(context_, record, nobody_, caller_).turn_away({core::Code::unauthenticated, "no key"});
  }
  EXPECT_EQ(caller_.answers, kRefusals);
  ASSERT_EQ(nobody_.lines.size(), core::RefusalBudget::kOfOne);
  for (const core::LogLinePtr& line : nobody_.lines) EXPECT_TRUE(line->of_stranger);
}

TEST_F(ExchangeTest, ARefusalOfSomebodyKnownIsAlwaysRecorded) {
  for (int i = 0; i < 100; ++i) {
    core::Record record;
    Exchange(context_, record, nobody_, caller_).refuse({core::Code::invalid_request, "no JSON"});
  }
  EXPECT_EQ(nobody_.lines.size(), 100u);
  EXPECT_FALSE(nobody_.lines.front()->of_stranger);
}

}  // namespace
}  // namespace gatehouse
