#include "modules/swap/log_queue.h"

#include <Poco/Logger.h>

#include <algorithm>

#include "core/wait.h"

namespace gatehouse::modules {

namespace {

Poco::Logger& logger() { return Poco::Logger::get("gatehouse"); }

}  // namespace

LogQueue::LogQueue(std::shared_ptr<core::LogSink> sink, const config::QueueSettings& settings)
    : sink_(std::move(sink)), settings_(settings), thread_([this] { run(); }) {}

LogQueue::~LogQueue() { stop(kFarewell); }

core::Status LogQueue::admit() const {
  if (settings_.on_full != config::OnFull::refuse) return {};
  const std::lock_guard lock(mutex_);
  if (!over(0)) return {};
  core::Status status(core::Code::overloaded,
                      "The log sink '" + std::string(name()) +
                          "' cannot keep up, and no request is served unrecorded; try again later");
  status.failure().reason = "audit_unavailable";
  status.failure().retry_after = std::chrono::seconds(1);
  return status;
}

void LogQueue::push(core::LogLinePtr line) {
  std::unique_lock lock(mutex_);
  if (!make_room(lock, *line)) {
    dropped_.fetch_add(1, std::memory_order_relaxed);
    return;
  }
  waiting_bytes_ += line->json.size();
  waiting_.push_back(std::move(line));
  const bool wake = waiting_.size() == 1 || waiting_.size() == kBatch;
  lock.unlock();
  if (wake) arrived_.notify_one();
}

void LogQueue::begin_stop(std::chrono::milliseconds deadline) {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    stop_by_ = std::min(stop_by_, Clock::now() + deadline);
  }
  arrived_.notify_all();
  left_.notify_all();
}

void LogQueue::stop(std::chrono::milliseconds deadline) {
  begin_stop(deadline);
  if (thread_.joinable()) thread_.join();
}

LogQueueCounts LogQueue::counts() const {
  const std::lock_guard lock(mutex_);
  return {written_.load(), dropped_.load(), retries_.load(), waiting_.size()};
}

bool LogQueue::over(std::size_t bytes) const {
  return waiting_.size() >= settings_.max_records || waiting_bytes_ + bytes > settings_.max_bytes;
}

// Whether this record may go in now. A queue that refuses new exchanges still takes the records of those under way.
// Strangers' records have half of a queue, and wait for nobody.
bool LogQueue::make_room(std::unique_lock<std::mutex>& lock, const core::LogLine& line) {
  const std::size_t bytes = line.json.size();
  if (line.of_stranger)
    return waiting_.size() < settings_.max_records / 2 && waiting_bytes_ + bytes <= settings_.max_bytes / 2;
  switch (settings_.on_full) {
    case config::OnFull::refuse: return true;
    case config::OnFull::block:
      if (over(bytes)) core::may_block();
      return left_.wait_for(lock, kBlock, [&] { return stopping_ || !over(bytes); }) && !over(bytes);
    case config::OnFull::drop_oldest:
      while (over(bytes) && !waiting_.empty()) {
        waiting_bytes_ -= waiting_.front()->json.size();
        waiting_.pop_front();
        dropped_.fetch_add(1, std::memory_order_relaxed);
      }
      return true;
  }
  return true;
}

void LogQueue::run() {
  bool in_time = true;
  std::size_t unseen = 0;  // records that the sink is not shown any more
  for (Batch batch = take(); !batch.empty(); batch = take()) {
    if (in_time)
      in_time = deliver(batch);
    else
      unseen += batch.size();
  }
  dropped_.fetch_add(unseen);
  if (unseen != 0)
    logger().error("log sink " + std::string(name()) + " lost " + std::to_string(unseen) +
                   " more records, as the time to write them was over");
  flush();
}

// Waits for records. Returns none only when the queue has stopped and is empty.
LogQueue::Batch LogQueue::take() {
  std::unique_lock lock(mutex_);
  while (waiting_.empty() && !stopping_) {
    if (flush_at_ == Clock::time_point::max()) {
      arrived_.wait(lock);
    } else if (arrived_.wait_until(lock, flush_at_) == std::cv_status::timeout) {
      lock.unlock();
      flush();
      lock.lock();
    }
  }
  arrived_.wait_for(lock, kLinger, [this] { return stopping_ || waiting_.size() >= kBatch; });
  const auto end = waiting_.begin() + static_cast<std::ptrdiff_t>(std::min(kBatch, waiting_.size()));
  Batch batch(std::make_move_iterator(waiting_.begin()), std::make_move_iterator(end));
  waiting_.erase(waiting_.begin(), end);
  for (const auto& line : batch) waiting_bytes_ -= line->json.size();
  lock.unlock();
  left_.notify_all();
  return batch;
}

// False: the sink still asked to see the batch again when the time to stop was over.
bool LogQueue::deliver(const Batch& batch) {
  std::string why;
  auto pause = kFirstRetry;
  core::WriteResult result = sink_->write(batch, why);
  while (result == core::WriteResult::retry) {
    if (retries_.fetch_add(1) == 0 || pause == kLastRetry) {
      logger().warning("log sink " + std::string(name()) + " cannot write, trying again: " + why);
    }
    std::unique_lock lock(mutex_);
    if (Clock::now() >= stop_by_) break;
    arrived_.wait_until(lock, std::min(Clock::now() + pause, stop_by_), [this] { return Clock::now() >= stop_by_; });
    lock.unlock();
    pause = std::min(pause * 2, kLastRetry);
    result = sink_->write(batch, why);
  }
  if (result == core::WriteResult::ok) {
    written_.fetch_add(batch.size());
    if (flush_at_ == Clock::time_point::max()) flush_at_ = Clock::now() + kFlushEvery;
    return true;
  }
  dropped_.fetch_add(batch.size());
  logger().error("log sink " + std::string(name()) + " lost " + std::to_string(batch.size()) + " records: " + why);
  return result != core::WriteResult::retry;
}

void LogQueue::flush() {
  flush_at_ = Clock::time_point::max();
  const core::Status status = sink_->flush(kBlock);
  if (!status.ok())
    logger().warning("log sink " + std::string(name()) + " cannot flush: " + std::string(status.message()));
}

core::Status LogFanOut::admit() {
  for (const auto& queue : queues_) GH_TRY(queue->admit());
  return {};
}

void LogFanOut::write(core::LogLinePtr line) {
  for (const auto& queue : queues_) queue->push(line);
}

}  // namespace gatehouse::modules
