#include "modules/swap/reaper.h"

#include <gtest/gtest.h>

#include <future>

namespace gatehouse::modules {
namespace {

using namespace std::chrono_literals;

// A policy that says on which thread it ends.
class Mortal : public core::Policy {
 public:
  explicit Mortal(std::promise<std::thread::id>& ended) : ended_(ended) {}
  ~Mortal() override { ended_.set_value(std::this_thread::get_id()); }
  std::string_view name() const override { return "mortal"; }
  core::OnError on_error() const override { return core::OnError::deny; }
  core::StreamMode stream_mode() const override { return core::StreamMode::none; }
  bool sees_responses() const override { return false; }
  core::Result<core::PolicyCall> begin(const core::RequestView&, std::chrono::nanoseconds&) override {
    return core::PolicyCall{nullptr};
  }
  core::Verdict on_request(core::PolicyCall, const core::RequestView&) override { return {}; }
  core::Verdict on_chunk(core::PolicyCall, std::string_view) override { return {}; }
  core::Verdict on_response(core::PolicyCall, std::string_view) override { return {}; }
  void end(core::PolicyCall) override {}

 private:
  std::promise<std::thread::id>& ended_;
};

class ReaperTest : public testing::Test {
 protected:
  std::unique_ptr<Generation> mortal(std::uint64_t number) {
    GenerationParts parts;
    parts.policies.push_back(std::make_shared<Mortal>(promise_));
    return std::make_unique<Generation>(number, std::move(parts));
  }
  bool has_ended() const { return ended_.wait_for(0s) == std::future_status::ready; }

  std::promise<std::thread::id> promise_;
  std::future<std::thread::id> ended_ = promise_.get_future();
  Reaper reaper_;
};

TEST_F(ReaperTest, AGenerationEndsWithItsLastExchangeAndOnAnotherThread) {
  std::shared_ptr<const Generation> registry = reaper_.share(mortal(1));
  std::shared_ptr<const Generation> exchange = registry;
  registry.reset();
  EXPECT_FALSE(has_ended());
  exchange.reset();
  ASSERT_EQ(ended_.wait_for(30s), std::future_status::ready);
  EXPECT_NE(ended_.get(), std::this_thread::get_id());
}

TEST_F(ReaperTest, OneThatWasNeverUsedEndsToo) {
  reaper_.end(mortal(1));
  EXPECT_EQ(ended_.wait_for(30s), std::future_status::ready);
}

TEST_F(ReaperTest, ListsWhatHasNotEndedWithTheExchangesThatHoldIt) {
  std::shared_ptr<const Generation> first = reaper_.share(mortal(1));
  const std::shared_ptr<const Generation> exchange = first;
  first.reset();
  const auto registry = reaper_.share(std::make_unique<Generation>(2, GenerationParts{}));
  const std::shared_ptr<const Generation> asker = registry;
  const std::vector<GenerationState> all = reaper_.generations(*asker);
  ASSERT_EQ(all.size(), 2u);
  EXPECT_EQ(all[0].number, 1u);
  EXPECT_FALSE(all[0].current);
  EXPECT_EQ(all[0].in_flight, 1);
  EXPECT_EQ(all[1].number, 2u);
  EXPECT_TRUE(all[1].current);
  EXPECT_EQ(all[1].in_flight, 0);
}

TEST_F(ReaperTest, WhatHasEndedIsListedNoLonger) {
  const auto current = reaper_.share(std::make_unique<Generation>(2, GenerationParts{}));
  reaper_.share(mortal(1)).reset();
  const auto end = std::chrono::steady_clock::now() + 30s;
  while (reaper_.generations(*current).size() > 1 && std::chrono::steady_clock::now() < end)
    std::this_thread::sleep_for(1ms);
  EXPECT_EQ(reaper_.generations(*current).size(), 1u);
  EXPECT_TRUE(has_ended());
}

}  // namespace
}  // namespace gatehouse::modules
