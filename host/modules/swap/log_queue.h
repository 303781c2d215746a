// Stands between the exchanges and one log sink. It takes records without making an exchange wait, brings them to
// the sink in batches on a thread of its own, and tries again when the sink asks for it. Bounded; the operator
// chooses what happens when it is full (on_full). Thread-safe.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "config/settings.h"
#include "core/record/log_sink.h"

namespace gatehouse::modules {

struct LogQueueCounts {
  std::uint64_t written = 0;
  std::uint64_t dropped = 0;  // the queue was full, or the sink gave them up
  std::uint64_t retries = 0;  // batches the sink asked to see again
  std::size_t waiting = 0;
};

class LogQueue {
 public:
  static constexpr std::size_t kBatch = 500;                     // records a sink sees at once, at the most
  static constexpr std::chrono::milliseconds kLinger{20};        // how long a batch may wait to grow
  static constexpr std::chrono::milliseconds kBlock{1'000};      // on_full: block, at the longest
  static constexpr std::chrono::milliseconds kFarewell{10'000};  // for records that still wait when the queue ends
  static constexpr std::chrono::milliseconds kFlushEvery{1'000};
  static constexpr std::chrono::milliseconds kFirstRetry{50};  // doubles up to kLastRetry
  static constexpr std::chrono::milliseconds kLastRetry{5'000};

  LogQueue(std::shared_ptr<core::LogSink> sink, const config::QueueSettings& settings);
  ~LogQueue();  // stop(kFarewell)
  LogQueue(const LogQueue&) = delete;
  LogQueue& operator=(const LogQueue&) = delete;

  std::string_view name() const { return sink_->name(); }
  // Whether an exchange may begin. Fails only with on_full: refuse.
  core::Status admit() const;
  void push(core::LogLinePtr line);
  // Brings the waiting records to the sink and flushes it. Records left at the deadline are counted as dropped, and
  // logged. REQUIRES: nothing is pushed afterwards.
  void stop(std::chrono::milliseconds deadline);
  // The same without waiting for it: stop() follows.
  void begin_stop(std::chrono::milliseconds deadline);
  LogQueueCounts counts() const;

 private:
  using Clock = std::chrono::steady_clock;
  using Batch = std::vector<core::LogLinePtr>;

  void run();
  Batch take();
  bool deliver(const Batch& batch);
  void flush();
  bool make_room(std::unique_lock<std::mutex>& lock, const core::LogLine& line);
  bool over(std::size_t bytes) const;

  const std::shared_ptr<core::LogSink> sink_;
  const config::QueueSettings settings_;

  mutable std::mutex mutex_;
  std::condition_variable arrived_;  // for the thread: records, or time to stop
  std::condition_variable left_;     // for exchanges that wait for room
  std::deque<core::LogLinePtr> waiting_;
  std::size_t waiting_bytes_ = 0;
  bool stopping_ = false;
  Clock::time_point stop_by_ = Clock::time_point::max();

  std::atomic<std::uint64_t> written_{0};
  std::atomic<std::uint64_t> dropped_{0};
  std::atomic<std::uint64_t> retries_{0};
  Clock::time_point flush_at_ = Clock::time_point::max();  // the thread's own
  std::thread thread_;
};

// What an exchange writes to: every sink's queue.
class LogFanOut final : public core::RecordLog {
 public:
  explicit LogFanOut(std::vector<std::shared_ptr<LogQueue>> queues) : queues_(std::move(queues)) {}
  core::Status admit() override;
  void write(core::LogLinePtr line) override;
  const std::vector<std::shared_ptr<LogQueue>>& queues() const { return queues_; }

 private:
  std::vector<std::shared_ptr<LogQueue>> queues_;
};

}  // namespace gatehouse::modules
