// The threads that run connections: as many as are busy, up to a maximum, each with a small
// stack. Poco's ThreadPool supplies and keeps them; the queue is ours because Poco's looks for
// an idle thread by asking every one. Thread-safe.
#pragma once

#include <Poco/Runnable.h>
#include <Poco/ThreadPool.h>

#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>

#include "net/connection.h"

namespace gatehouse::net {

class WorkerPool : private Poco::Runnable {
 public:
  using Done = std::function<void(std::unique_ptr<Connection>)>;

  // done receives, on the worker's thread, every connection whose run() has returned.
  WorkerPool(unsigned max_threads, std::size_t stack, Done done);
  ~WorkerPool() override { stop(); }

  // How many connections may wait for a thread even where there are few: those that have sent
  // nothing or half a request are looked at and parked in no time.
  static constexpr std::size_t kBurst = 1024;

  // False, and the connection stays with the caller, when every thread is busy and as many
  // connections wait for one as there are threads, or kBurst where that is more.
  bool submit(std::unique_ptr<Connection>& connection);
  // Waits for the connections being run, drops those that wait. Nothing may be submitted afterwards.
  void stop();

 private:
  void run() override;
  bool add_thread();

  const unsigned max_threads_;
  const Done done_;
  std::mutex mutex_;
  std::condition_variable wakeup_;
  std::condition_variable thread_left_;
  std::deque<std::unique_ptr<Connection>> waiting_;
  unsigned threads_ = 0;
  std::size_t idle_ = 0;
  bool stopping_ = false;
  Poco::ThreadPool pool_;  // last: its threads use the rest
};

}  // namespace gatehouse::net
