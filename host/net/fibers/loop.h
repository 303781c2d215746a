// START HERE for fibers: lets many exchanges share a thread. Each runs in a fiber of its own and lets the
// others go on while it waits. A job that waits for its next bytes has no fiber at all.
//
// A fiber that keeps the thread for long (in a plugin that blocks, say) keeps it to itself: another thread
// takes the loop over, and the fiber comes back to it when it next has to wait. Boost.Asio has no such
// hand-over: a plugin that blocks stops a context with one thread, and in a context with several every wait
// takes a lock and may move the exchange.
//
// One thread at a time drives a loop. `turn_` is a counter: odd while a fiber runs, even while some thread
// owns the loop. A thread takes the loop by a compare-exchange from odd to even; a fiber whose own exchange
// then fails knows that it has lost the loop. Public functions are thread-safe unless they name the driver.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <vector>

#include "core/descriptor.h"
#include "core/wait.h"
#include "net/fibers/job.h"
#include "net/fibers/parked.h"
#include "net/fibers/reactor.h"
#include "net/fibers/task.h"

namespace gatehouse::net {

class LoopThreads;

// The listening socket. Called by the driver of the loop that it was given to.
class Acceptor {
 public:
  virtual ~Acceptor() = default;
  virtual int fd() const = 0;
  virtual bool accept() = 0;  // false: nothing can be accepted just now, ask again in a while
  virtual void close() = 0;
};

class Loop final : public core::Waiter, private Reactor::Sink, private TaskRunner {
 public:
  using Clock = core::WaitClock;

  // Deadlines of waiting jobs are looked at every `tick`.
  Loop(LoopThreads& loop_threads, std::size_t fiber_stack, std::chrono::milliseconds tick);

  // acceptor: may be nullptr. drain_fd: what every exchange watches. REQUIRES: run() has not been called.
  core::Status open(Acceptor* acceptor, int drain_fd);

  // Makes a job this loop's: a new one, or one that comes back from a thread of its own.
  void post(std::unique_ptr<Job> job);
  void drain();  // the acceptor is closed, and so are idle jobs from now on
  void stop();   // run() returns once no fiber is under way
  std::size_t parked() const { return parked_.size(); }

  // The driver calls it. Returns once the loop has stopped or was taken over.
  void run();

  // Odd: a fiber is running, and this is its turn.
  std::uint64_t turn() const { return turn_.load(); }
  // Takes the loop from the fiber that runs, if it still has this turn. The caller then runs the loop or gives it back.
  bool take_over(std::uint64_t turn);
  void give_back(std::uint64_t turn) { turn_.store(turn); }

  // For the running fiber, also after it has lost the loop.
  core::Result<int> wait(std::span<pollfd> fds, Clock::time_point until) override;
  void watch(int fd) override;
  void mark_drained(int fd, short events) override;
  void may_block() override;

 private:
  struct Sleep;

  void woken(Reactor::Wait& wait) override;
  void stirred(int fd) override;
  void work(Task& task) override;

  bool hold();
  void hold_again();
  void release(Task& task);
  bool resume(Task& task);
  void come_back();
  std::chrono::milliseconds longest_wait() const;
  void post(Task& task);
  void take_inbox();
  void wake_up();

  void begin(std::unique_ptr<Job> job);
  void park_or_close(std::unique_ptr<Job> job);
  void resume_parked(int fd);
  void look_at_parked();
  void close_idle();
  void accept();

  LoopThreads& loop_threads_;
  const std::chrono::milliseconds tick_;
  std::atomic<std::uint64_t> turn_{0};

  // From here on for the driver alone.
  Reactor reactor_;
  Acceptor* acceptor_ = nullptr;
  std::deque<Task*> ready_;  // fibers to resume; not owned: a Task owns itself until its job is done, see resume()
  IdleTasks idle_;
  Parked parked_;
  Clock::time_point next_look_{};
  Clock::time_point accept_again_ = Clock::time_point::max();
  bool drained_ = false;

  std::atomic<std::size_t> under_way_{0};  // tasks with something to do, here or on a thread of their own
  std::atomic<bool> draining_{false};
  std::atomic<bool> stopping_{false};
  core::Descriptor wakeup_;  // an eventfd
  std::mutex mutex_;
  std::vector<std::unique_ptr<Job>> inbox_;  // guarded by mutex_
  std::vector<Task*> back_;                  // fibers that have come back; guarded by mutex_
};

}  // namespace gatehouse::net
