#include "modules/swap/log_queue.h"

#include <gtest/gtest.h>

#include <functional>
#include <numeric>

namespace gatehouse::modules {
namespace {

using namespace std::chrono_literals;
using core::WriteResult;

core::LogLinePtr line(int number, std::size_t bytes = 10) {
  std::string json = std::to_string(number);
  json.resize(bytes, ' ');
  return std::make_shared<core::LogLine>(core::LogLine{number, "id-" + std::to_string(number), json});
}

// Says what a case tells it to, and remembers what it was given.
class ScriptedSink final : public core::LogSink {
 public:
  using Answer = std::function<WriteResult(std::size_t call)>;
  explicit ScriptedSink(Answer answer = [](std::size_t) { return WriteResult::ok; }) : answer_(std::move(answer)) {}

  std::string_view name() const override { return "scripted"; }
  WriteResult write(std::span<const core::LogLinePtr> batch, std::string& why) override {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return open_; });
    const WriteResult result = answer_(calls_++);
    why = "it was told to";
    batches_.push_back(batch.size());
    if (result == WriteResult::ok) {
      for (const core::LogLinePtr& one : batch) written_.push_back(static_cast<int>(one->unix_us));
    }
    changed_.notify_all();
    return result;
  }
  core::Status flush(std::chrono::milliseconds) override {
    const std::lock_guard lock(mutex_);
    ++flushes_;
    return {};
  }

  // While it is shut, a write does not come back.
  void shut(bool shut) {
    const std::lock_guard lock(mutex_);
    open_ = !shut;
    changed_.notify_all();
  }
  bool wait_until_called() {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, 10s, [this] { return calls_ != 0; });
  }
  std::vector<int> written() const {
    const std::lock_guard lock(mutex_);
    return written_;
  }
  std::vector<std::size_t> batches() const {
    const std::lock_guard lock(mutex_);
    return batches_;
  }
  int flushes() const {
    const std::lock_guard lock(mutex_);
    return flushes_;
  }

 private:
  const Answer answer_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  bool open_ = true;
  std::size_t calls_ = 0;
  std::vector<int> written_;
  std::vector<std::size_t> batches_;
  int flushes_ = 0;
};

std::vector<int> numbers(int from, int to) {
  std::vector<int> all(static_cast<std::size_t>(to - from));
  std::iota(all.begin(), all.end(), from);
  return all;
}

// A queue whose thread is held in the sink with record 0, so that what follows stays in the queue.
class HeldQueue {
 public:
  explicit HeldQueue(const config::QueueSettings& settings) : queue(sink, settings) {
    sink->shut(true);
    queue.push(line(0));
    for (int i = 0; i < 1000 && queue.counts().waiting != 0; ++i) std::this_thread::sleep_for(10ms);
    EXPECT_EQ(queue.counts().waiting, 0u) << "the thread has not taken it";
  }
  ~HeldQueue() { sink->shut(false); }

  const std::shared_ptr<ScriptedSink> sink = std::make_shared<ScriptedSink>();
  LogQueue queue;
};

TEST(LogQueue, EveryRecordArrivesOnceInOrderAndInBatches) {
  const auto sink = std::make_shared<ScriptedSink>();
  LogQueue queue(sink, {});
  for (int i = 0; i < 1201; ++i) queue.push(line(i));
  queue.stop(10s);
  EXPECT_EQ(sink->written(), numbers(0, 1201));
  for (const std::size_t size : sink->batches()) EXPECT_LE(size, LogQueue::kBatch);
  EXPECT_EQ(queue.counts().written, 1201u);
  EXPECT_EQ(queue.counts().dropped, 0u);
  EXPECT_GE(sink->flushes(), 1) << "at the end it is flushed";
}

TEST(LogQueue, AFullOneForgetsItsOldestRecord) {
  HeldQueue held({.max_records = 3, .on_full = config::OnFull::drop_oldest});
  for (int i = 1; i <= 5; ++i) held.queue.push(line(i));
  EXPECT_EQ(held.queue.counts().waiting, 3u);
  EXPECT_EQ(held.queue.counts().dropped, 2u);
  held.sink->shut(false);
  held.queue.stop(10s);
  EXPECT_EQ(held.sink->written(), (std::vector<int>{0, 3, 4, 5}));
}

TEST(LogQueue, BytesCountAsWellAsRecords) {
  HeldQueue held({.max_bytes = 100, .on_full = config::OnFull::drop_oldest});
  for (int i = 1; i <= 3; ++i) held.queue.push(line(i, 40));
  EXPECT_EQ(held.queue.counts().waiting, 2u);
  held.queue.push(line(4, 90));
  EXPECT_EQ(held.queue.counts().waiting, 1u) << "a long one takes the place of two";
  EXPECT_EQ(held.queue.counts().dropped, 3u);
}

TEST(LogQueue, OneThatRefusesLetsNobodyBeginAndStillTakesWhatIsUnderWay) {
  HeldQueue held({.max_records = 1, .on_full = config::OnFull::refuse});
  EXPECT_TRUE(held.queue.admit().ok());
  held.queue.push(line(1));
  const core::Status refused = held.queue.admit();
  EXPECT_EQ(refused.code(), core::Code::overloaded);
  EXPECT_EQ(refused.failure().reason, "audit_unavailable");
  EXPECT_EQ(refused.failure().retry_after, 1s);
  held.queue.push(line(2));
  held.sink->shut(false);
  held.queue.stop(10s);
  EXPECT_EQ(held.sink->written(), numbers(0, 3));
  EXPECT_EQ(held.queue.counts().dropped, 0u);
}

TEST(LogQueue, OnlyOneThatRefusesEverTurnsAnybodyAway) {
  HeldQueue held({.max_records = 1, .on_full = config::OnFull::drop_oldest});
  held.queue.push(line(1));
  EXPECT_TRUE(held.queue.admit().ok());
}

TEST(LogQueue, OneThatBlocksWaitsForRoomAndNoLongerThanItsBound) {
  HeldQueue held({.max_records = 1, .on_full = config::OnFull::block});
  held.queue.push(line(1));
  const auto began = std::chrono::steady_clock::now();
  held.queue.push(line(2));
  EXPECT_GE(std::chrono::steady_clock::now() - began, LogQueue::kBlock);
  EXPECT_EQ(held.queue.counts().dropped, 1u) << "there was no room in time";
  std::thread late([&] {
    std::this_thread::sleep_for(50ms);
    held.sink->shut(false);
  });
  held.queue.push(line(3));
  late.join();
  held.queue.stop(10s);
  EXPECT_EQ(held.sink->written(), (std::vector<int>{0, 1, 3}));
}

TEST(LogQueue, ABatchThatCannotBeWrittenIsBroughtAgainBeforeAnyOther) {
  const auto sink =
      std::make_shared<ScriptedSink>([](std::size_t call) { return call < 2 ? WriteResult::retry : WriteResult::ok; });
  LogQueue queue(sink, {});
  queue.push(line(0));
  ASSERT_TRUE(sink->wait_until_called());
  queue.push(line(1));
  for (int i = 0; i < 1000 && queue.counts().written != 2; ++i) std::this_thread::sleep_for(10ms);
  EXPECT_EQ(sink->written(), numbers(0, 2));
  EXPECT_EQ(queue.counts().retries, 2u);
  EXPECT_EQ(sink->batches(), (std::vector<std::size_t>{1, 1, 1, 1}));
}

TEST(LogQueue, WhatTheSinkGivesUpIsCountedAndTheNextGoesOn) {
  const auto sink =
      std::make_shared<ScriptedSink>([](std::size_t call) { return call == 0 ? WriteResult::lost : WriteResult::ok; });
  LogQueue queue(sink, {});
  queue.push(line(0));
  ASSERT_TRUE(sink->wait_until_called());
  queue.push(line(1));
  queue.stop(10s);
  EXPECT_EQ(sink->written(), numbers(1, 2));
  EXPECT_EQ(queue.counts().dropped, 1u);
  EXPECT_EQ(queue.counts().written, 1u);
}

TEST(LogQueue, AtItsDeadlineItStopsTryingAndCountsWhatIsLeft) {
  const auto sink = std::make_shared<ScriptedSink>([](std::size_t) { return WriteResult::retry; });
  LogQueue queue(sink, {});
  for (int i = 0; i < 3; ++i) queue.push(line(i));
  const auto began = std::chrono::steady_clock::now();
  queue.stop(100ms);
  EXPECT_LT(std::chrono::steady_clock::now() - began, 5s);
  EXPECT_EQ(queue.counts().dropped, 3u);
  EXPECT_EQ(queue.counts().written, 0u);
}

TEST(LogQueue, PastItsDeadlineTheSinkIsNotAskedForEachBatch) {
  const auto sink = std::make_shared<ScriptedSink>([](std::size_t) { return WriteResult::retry; });
  LogQueue queue(sink, {});
  for (int i = 0; i < 5000; ++i) queue.push(line(i));
  ASSERT_TRUE(sink->wait_until_called());
  queue.begin_stop(0ms);
  queue.stop(10s);
  EXPECT_EQ(queue.counts().dropped, 5000u);
  const std::vector<std::size_t> shown = sink->batches();
  for (const std::size_t batch : shown) EXPECT_EQ(batch, shown.front()) << "the first batch, again and again";
  EXPECT_LE(shown.size(), 3u);
}

TEST(LogQueue, StrangersHaveHalfOfItAndPushNobodyOut) {
  for (const config::OnFull on_full : {config::OnFull::drop_oldest, config::OnFull::refuse, config::OnFull::block}) {
    HeldQueue held({.max_records = 10, .on_full = on_full});
    for (int i = 1; i <= 4; ++i) held.queue.push(line(i));
    for (int i = 5; i <= 50; ++i) {
      core::LogLine stranger = *line(i);
      stranger.of_stranger = true;
      held.queue.push(std::make_shared<core::LogLine>(std::move(stranger)));
    }
    EXPECT_EQ(held.queue.counts().waiting, 5u);
    EXPECT_EQ(held.queue.counts().dropped, 45u);
    EXPECT_TRUE(held.queue.admit().ok());
    held.sink->shut(false);
    held.queue.stop(10s);
    EXPECT_EQ(held.sink->written(), numbers(0, 6));
  }
}

TEST(LogFanOut, EverySinkGetsEveryRecordAndOneFullSinkTurnsAway) {
  const auto fine = std::make_shared<ScriptedSink>();
  const auto fine_queue = std::make_shared<LogQueue>(fine, config::QueueSettings{});
  HeldQueue held({.max_records = 1, .on_full = config::OnFull::refuse});
  LogFanOut both({fine_queue, std::shared_ptr<LogQueue>(std::shared_ptr<void>(), &held.queue)});
  EXPECT_TRUE(both.admit().ok());
  both.write(line(1));
  EXPECT_EQ(both.admit().code(), core::Code::overloaded);
  held.sink->shut(false);
  held.queue.stop(10s);
  fine_queue->stop(10s);
  EXPECT_EQ(fine->written(), numbers(1, 2));
  EXPECT_EQ(held.sink->written(), numbers(0, 2));
}

}  // namespace
}  // namespace gatehouse::modules
