#include "core/policy/reply_path.h"

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <vector>

#include "scripted_policy.h"

namespace gatehouse::core {
namespace {

// Remembers what it is told.
struct Caller final : AnswerWriter, Cancellation {
  void quotas(const Quotas&) override {}
  void target(std::string_view, std::string_view) override {}
  Status whole(const Reply& reply) override {
    said.push_back("whole " + reply.choices.at(0).text + " " + reply.json + " " + std::to_string(reply.usage.input));
    return {};
  }
  Status chunk(const Chunk& chunk) override {
    said.push_back("chunk " + std::string(chunk.events[0].text));
    return {};
  }
  Status end(const Usage& usage) override {
    said.push_back("end " + std::to_string(usage.input));
    return {};
  }
  Status heartbeat() override { return {}; }
  void fail(const Status&) override {}
  int http_status() const override { return 200; }
  std::uint64_t bytes_sent() const override { return 0; }
  std::span<const Watch> watches() const override { return {}; }
  Status check() override { return {}; }

  std::vector<std::string> said;
};

class ReplyPathTest : public testing::Test {
 protected:
  // The policies have seen the request; the provider says "hello".
  Status run(bool stream) {
    auto request = ChatRequest::parse(PaddedBytes(R"({"model":"m","messages":[{"role":"user"}]})"));
    EXPECT_TRUE(request.ok()) << request.status().message();
    run_.emplace(policies_);
    GH_TRY(run_->on_request(*request, {*request, "", "", "", "", ""}));
    ReplyPath path({stream, false, {}}, *run_, caller_, caller_, upstream_status_);
    const std::vector<Event> events{{Event::Kind::text, 0, 0, "hello", {}, {}, {}},
                                    {Event::Kind::finish, 0, 0, "stop", {}, {}, {}}};
    GH_TRY(path.entrance().on_chunk({events, stream ? "" : "{own}"}));
    EXPECT_TRUE(path.meter().complete());
    Usage usage;
    usage.input = 7;
    return path.finish(usage);
  }

  const int upstream_status_ = 200;
  std::shared_ptr<ScriptedPolicy> policy_ = std::make_shared<ScriptedPolicy>("stern");
  const PolicyChain policies_{policy_};
  std::optional<PolicyRun> run_;
  Caller caller_;
};

TEST_F(ReplyPathTest, AStreamLeavesPieceByPiece) {
  std::string seen;
  policy_->response = [&](std::string_view text) { return seen = text, ScriptedPolicy::deny("too late"); };
  EXPECT_TRUE(run(true).ok()) << "what has left can only be noted";
  EXPECT_EQ(caller_.said, (std::vector<std::string>{"chunk hello", "end 7"}));
  EXPECT_EQ(seen, "hello");
}

TEST_F(ReplyPathTest, AWholeAnswerLeavesAtOnceWithTheUsageItIsGiven) {
  EXPECT_TRUE(run(false).ok());
  EXPECT_EQ(caller_.said, std::vector<std::string>{"whole hello {own} 7"});
}

TEST_F(ReplyPathTest, AWholeAnswerThatAPolicyChangedIsNoLongerTheProvidersOwn) {
  policy_->response = [](std::string_view) { return ScriptedPolicy::modify("bye"); };
  EXPECT_TRUE(run(false).ok());
  EXPECT_EQ(caller_.said, std::vector<std::string>{"whole bye  7"});
}

TEST_F(ReplyPathTest, AWholeAnswerThatAPolicyDeniesDoesNotLeave) {
  policy_->response = [](std::string_view) { return ScriptedPolicy::deny("no"); };
  EXPECT_EQ(run(false).code(), Code::denied);
  EXPECT_TRUE(caller_.said.empty());
}

}  // namespace
}  // namespace gatehouse::core
