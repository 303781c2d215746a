#include "net/worker_pool.h"

#include <Poco/Exception.h>
#include <algorithm>

#include <chrono>

namespace gatehouse::net {
namespace {
constexpr std::chrono::seconds kIdleThread{30};
constexpr int kLeaving = 16;  // threads that have left our count but not yet Poco's
}  // namespace

WorkerPool::WorkerPool(unsigned max_threads, std::size_t stack, Done done)
    : max_threads_(max_threads),
      done_(std::move(done)),
      pool_(1, static_cast<int>(max_threads) + kLeaving, static_cast<int>(kIdleThread.count()),
            static_cast<int>(stack)) {}

bool WorkerPool::submit(std::unique_ptr<Connection>& connection) {
  const std::lock_guard lock(mutex_);
  if (stopping_) return false;
  // A thread that only reads is free again in microseconds, so a burst may wait for one.
  const bool can_wait = threads_ > 0 && waiting_.size() < std::max<std::size_t>(max_threads_, kBurst);
  if (waiting_.size() >= idle_ && !add_thread() && !can_wait) return false;
  waiting_.push_back(std::move(connection));
  wakeup_.notify_one();
  return true;
}

// REQUIRES: mutex_ is held.
bool WorkerPool::add_thread() {
  if (threads_ == max_threads_) return false;
  try {
    pool_.start(*this);
  } catch (const Poco::Exception&) {
    return false;  // the system has no thread for us: those there are must do
  }
  ++threads_;
  ++idle_;
  return true;
}

void WorkerPool::run() {
  std::unique_lock lock(mutex_);
  for (;;) {
    const bool work = wakeup_.wait_for(lock, kIdleThread, [this] { return stopping_ || !waiting_.empty(); });
    if (!work || stopping_) break;
    std::unique_ptr<Connection> connection = std::move(waiting_.front());
    waiting_.pop_front();
    --idle_;
    lock.unlock();
    Connection& running = *connection;
    running.run();
    done_(std::move(connection));
    lock.lock();
    ++idle_;
  }
  --idle_;
  --threads_;
  thread_left_.notify_all();
}

void WorkerPool::stop() {
  std::unique_lock lock(mutex_);
  stopping_ = true;
  wakeup_.notify_all();
  thread_left_.wait(lock, [this] { return threads_ == 0; });
  waiting_.clear();
  lock.unlock();
  pool_.joinAll();
}

}  // namespace gatehouse::net
