// The threads that drive loops: one for each loop, and one more for each exchange that keeps its thread.
// A watch notices a fiber that runs for too long and gives its loop to another thread. Poco's ThreadPool
// supplies and keeps the threads. Thread-safe.
#pragma once

#include <Poco/Runnable.h>
#include <Poco/ThreadPool.h>

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <mutex>
#include <thread>
#include <vector>

namespace gatehouse::net {

class Loop;

class LoopThreads : private Poco::Runnable {
 public:
  // REQUIRES: stop() is called before any loop is destroyed.
  explicit LoopThreads(unsigned max_threads);
  ~LoopThreads() override { stop(); }

  // Begins to watch these loops.
  void start(const std::vector<Loop*>& loops);
  // Gives this loop a thread. False: no thread is available.
  bool drive(Loop& loop);
  // Waits for the loops to end. REQUIRES: each was told to stop().
  void stop();

  // Says that a fiber is about to run: the watch must not sleep.
  void stir() {
    if (asleep_.load()) wake();
  }

 private:
  void run() override;
  bool add_thread();
  void look_after();
  bool look_at(Loop& loop, std::uint64_t& last);
  void wake();

  const unsigned max_threads_;
  std::vector<Loop*> loops_;
  std::mutex mutex_;
  std::condition_variable wanted_;
  std::condition_variable thread_left_;
  std::deque<Loop*> waiting_;  // for a thread
  unsigned threads_ = 0;
  std::size_t idle_ = 0;
  bool stopping_ = false;

  std::atomic<bool> asleep_{false};
  std::mutex watch_mutex_;
  std::condition_variable stirred_;
  bool ended_ = false;
  std::thread watch_;
  Poco::ThreadPool pool_;  // last: its threads use the rest
};

}  // namespace gatehouse::net
