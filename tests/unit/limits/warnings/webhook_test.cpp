// What becomes of what is posted while nobody answers.
#include "limits/warnings/webhook.h"

#include <gtest/gtest.h>

#include <atomic>
#include <functional>
#include <map>
#include <thread>

namespace gatehouse::limits {
namespace {

using namespace std::chrono_literals;
using core::Status;

// Answers nothing until it is told to, or the call is cancelled.
class SlowEndpoint final : public core::Transport {
 public:
  Status send(const core::UpstreamRequest& request, const core::Timeouts&, core::Cancellation& cancellation,
              core::UpstreamSink& sink, core::UpstreamTrace&) override {
    EXPECT_EQ(request.url, "http://hook/");
    ++calls;
    while (!answers) {
      GH_TRY(cancellation.check());
      std::this_thread::sleep_for(1ms);
    }
    core::UpstreamHead head;
    head.status = 200;
    return sink.on_head(head);
  }
  std::atomic<bool> answers{false};
  std::atomic<int> calls{0};
};

// Answers each call with the same status.
class DecidedEndpoint final : public core::Transport {
 public:
  explicit DecidedEndpoint(int status) : status_(status) {}

  Status send(const core::UpstreamRequest&, const core::Timeouts&, core::Cancellation&, core::UpstreamSink& sink,
              core::UpstreamTrace&) override {
    ++calls;
    core::UpstreamHead head;
    head.status = status_;
    return sink.on_head(head);
  }
  std::atomic<int> calls{0};

 private:
  const int status_;
};

void await(const std::function<bool()>& condition) {
  for (int i = 0; i < 5'000 && !condition(); ++i) std::this_thread::sleep_for(1ms);
  EXPECT_TRUE(condition());
}

class WebhookTest : public testing::Test {
 protected:
  WebhookTest() { webhook_.aim(WebhookTarget{"http://hook/", {}}); }
  void post(std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) webhook_.post("{}");
  }

  SlowEndpoint endpoint_;
  Webhook webhook_{endpoint_};
};

TEST_F(WebhookTest, WhatFindsNoRoomIsDroppedAndTheRestIsBrought) {
  post(1);
  await([&] { return endpoint_.calls == 1; });  // under way, so that all the room is free
  post(Webhook::kRoom + 5);
  EXPECT_EQ(webhook_.counts().dropped, 5u);
  endpoint_.answers = true;
  await([&] { return webhook_.counts().delivered == Webhook::kRoom + 1; });
  EXPECT_EQ(webhook_.counts().failed, 0u);
}

TEST_F(WebhookTest, AtTheEndWhatWaitsIsDroppedWhoeverDoesNotAnswer) {
  post(3);
  await([&] { return endpoint_.calls == 1; });
  webhook_.stop(10ms);
  EXPECT_EQ(webhook_.counts().delivered, 0u);
  EXPECT_EQ(webhook_.counts().failed + webhook_.counts().dropped, 3u);
  post(1);
  EXPECT_EQ(webhook_.counts().failed + webhook_.counts().dropped, 4u);
}

TEST_F(WebhookTest, WhereNobodyIsToBeToldNothingIsCounted) {
  webhook_.aim(std::nullopt);
  post(1);
  const WebhookCounts counts = webhook_.counts();
  EXPECT_EQ(counts.delivered + counts.failed + counts.dropped, 0u);
}

TEST(Webhook, WhatMayPassIsTriedAgainAndWhatIsFinalIsNot) {
  struct Told {
    explicit Told(int status) : endpoint(status) { webhook.aim(WebhookTarget{"http://hook/", {}}), webhook.post("{}"); }
    DecidedEndpoint endpoint;
    Webhook webhook{endpoint};
  };
  std::map<int, Told> all;  // at once, as there are pauses between the tries
  for (const int status : {204, 308, 400, 403, 408, 410, 429, 500}) all.try_emplace(status, status);
  for (auto& [status, told] : all) {
    await([&told = told] { return told.webhook.counts().delivered + told.webhook.counts().failed == 1; });
    const bool passes = status == 308 || status == 408 || status == 429 || status == 500;
    EXPECT_EQ(told.endpoint.calls, passes ? Webhook::kTries : 1) << status;
    EXPECT_EQ(told.webhook.counts().delivered, status == 204 ? 1u : 0u) << status;
  }
}

}  // namespace
}  // namespace gatehouse::limits
