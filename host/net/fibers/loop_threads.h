// The threads that drive loops. They are as many as there are loops, and more while exchanges keep
// theirs: a loop that hears nothing from its thread for a while is given to another one. Poco's
// ThreadPool supplies and keeps the threads. Thread-safe.
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
  // REQUIRES: stop() comes before the end of any loop.
  explicit LoopThreads(unsigned max_threads);
  ~LoopThreads() override { stop(); }

  // Begins to look after these.
  void start(const std::vector<Loop*>& loops);
  // A thread runs this loop from now on. False: there is none to be had.
  bool drive(Loop& loop);
  // Waits for the loops to end, which must have been told to.
  void stop();

  // A fiber is about to run: whoever looks after the loops must not sleep.
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
