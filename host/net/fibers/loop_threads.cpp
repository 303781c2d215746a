#include "net/fibers/loop_threads.h"

#include <Poco/Exception.h>

#include <chrono>

#include "net/fibers/loop.h"

namespace gatehouse::net {

namespace {

constexpr std::chrono::seconds kIdleThread{30};
constexpr int kLeaving = 16;  // threads that have left our count but not yet Poco's
// A fiber that runs through a whole one of these has its loop taken away.
constexpr std::chrono::milliseconds kGlance{10};
constexpr unsigned kQuietGlances = 100;  // then the watch sleeps

}  // namespace

LoopThreads::LoopThreads(unsigned max_threads)
    : max_threads_(max_threads),
      pool_(1, static_cast<int>(max_threads) + kLeaving, static_cast<int>(kIdleThread.count())) {}

void LoopThreads::start(const std::vector<Loop*>& loops) {
  loops_ = loops;
  watch_ = std::thread([this] { look_after(); });
}

bool LoopThreads::drive(Loop& loop) {
  const std::lock_guard lock(mutex_);
  if (waiting_.size() >= idle_ && !add_thread()) return false;
  waiting_.push_back(&loop);
  wanted_.notify_one();
  return true;
}

// REQUIRES: mutex_ is held.
bool LoopThreads::add_thread() {
  if (threads_ == max_threads_) return false;
  try {
    pool_.start(*this);
  } catch (const Poco::Exception&) {
    return false;
  }
  ++threads_;
  ++idle_;
  return true;
}

void LoopThreads::run() {
  std::unique_lock lock(mutex_);
  while (wanted_.wait_for(lock, kIdleThread, [this] { return stopping_ || !waiting_.empty(); })) {
    if (waiting_.empty()) break;
    Loop& loop = *waiting_.front();
    waiting_.pop_front();
    --idle_;
    lock.unlock();
    loop.run();
    lock.lock();
    ++idle_;
  }
  --idle_;
  --threads_;
  thread_left_.notify_all();
}

void LoopThreads::stop() {
  {
    std::unique_lock lock(mutex_);
    stopping_ = true;
    wanted_.notify_all();
    thread_left_.wait(lock, [this] { return threads_ == 0; });
  }
  pool_.joinAll();
  if (!watch_.joinable()) return;
  {
    const std::lock_guard lock(watch_mutex_);
    ended_ = true;
  }
  stirred_.notify_all();
  watch_.join();
}

// ---- the watch -------------------------------------------------------------------------------

void LoopThreads::look_after() {
  std::vector<std::uint64_t> seen(loops_.size(), 0);
  unsigned quiet = 0;
  std::unique_lock lock(watch_mutex_);
  while (!stirred_.wait_for(lock, kGlance, [this] { return ended_; })) {
    bool busy = false;
    for (std::size_t i = 0; i < loops_.size(); ++i) busy |= look_at(*loops_[i], seen[i]);
    quiet = busy ? 0 : quiet + 1;
    if (quiet < kQuietGlances) continue;
    asleep_ = true;  // and only then the last look: a fiber that begins after it sees it
    for (std::size_t i = 0; i < loops_.size(); ++i) busy |= look_at(*loops_[i], seen[i]);
    if (!busy) stirred_.wait(lock, [this] { return ended_ || !asleep_; });
    asleep_ = false;
    quiet = 0;
  }
}

// Whether fibers run there.
bool LoopThreads::look_at(Loop& loop, std::uint64_t& seen) {
  const std::uint64_t turn = loop.turn();
  const bool runs = turn % 2 == 1;
  if (runs && turn == seen && loop.take_over(turn) && !drive(loop)) loop.give_back(turn);
  return std::exchange(seen, turn) != turn || runs;
}

void LoopThreads::wake() {
  {
    const std::lock_guard lock(watch_mutex_);
    asleep_ = false;
  }
  stirred_.notify_all();
}

}  // namespace gatehouse::net
