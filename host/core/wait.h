// How whoever works for an exchange waits for descriptors: with poll(2) on a thread of its own, or,
// where exchanges share a thread, by letting the others go on meanwhile. Functions for any thread.
//
// An exchange that waits on a shared thread may wake up on another one: a function that waits must
// not hold a lock, stand in a catch block, or use errno or a thread_local from before the wait.
#pragma once

#include <poll.h>

#include <chrono>
#include <span>

#include "core/status.h"

namespace gatehouse::core {

using WaitClock = std::chrono::steady_clock;

// The time of the system's last tick, some milliseconds ago at most: for deadlines and ages, at a fifth of the cost.
WaitClock::time_point coarse_now();

// poll(2) until a point in time: how many descriptors have something in revents, 0 once it has passed.
Result<int> wait(std::span<pollfd> fds, WaitClock::time_point until);

// To be said of a descriptor once, when it is new, by whoever will wait for it.
void watch(int fd);
// A read or write has just found nothing (more) to do: `events` (POLLIN, POLLOUT) are over until they come again.
void mark_drained(int fd, short events);

// What comes next may keep the thread for long: others must not depend on it from now on.
void may_block();

// While it lives, what runs is not moved to another thread, not even by a wait: plugins' own stack
// frames know nothing of such things. Not to be nested.
class OnOneThread {
 public:
  OnOneThread();
  OnOneThread(const OnOneThread&) = delete;
  OnOneThread& operator=(const OnOneThread&) = delete;
  ~OnOneThread();
};

// What stands behind these functions on a shared thread. None: poll(2) does.
class Waiter {
 public:
  virtual ~Waiter() = default;
  virtual Result<int> wait(std::span<pollfd> fds, WaitClock::time_point until) = 0;
  virtual void watch(int fd) = 0;
  virtual void mark_drained(int fd, short events) = 0;
  virtual void may_block() = 0;

  // The calling thread's; nullptr: none.
  static Waiter* current();
  static void set_current(Waiter* waiter);
};

// poll(2) itself.
Result<int> poll_until(std::span<pollfd> fds, WaitClock::time_point until);

}  // namespace gatehouse::core
