// Waits for descriptors on behalf of an exchange: with poll(2) on a thread of its own or, on a shared thread, by
// letting the other exchanges go on meanwhile. Functions for any thread.
//
// An exchange that waits on a shared thread may wake up on another thread. A function that waits must therefore
// not hold a lock, not stand in a catch block, and not use errno or a thread_local from before the wait.
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

// Announces a new descriptor, once, before the first wait for it. May wait for the shared thread. REQUIRES: no
// OnOneThread lives.
void watch(int fd);
// Says that a read or write has just found nothing more to do: `events` (POLLIN, POLLOUT) no longer hold.
void mark_drained(int fd, short events);

// Says that the exchange may now keep its thread for long: the others get another thread.
void may_block();

// While it lives, the exchange stays on its thread, even across a wait: a plugin's stack frames may rely on it.
// Not to be nested.
class OnOneThread {
 public:
  OnOneThread();
  OnOneThread(const OnOneThread&) = delete;
  OnOneThread& operator=(const OnOneThread&) = delete;
  ~OnOneThread();
};

// Implements these functions on a shared thread. A thread without one waits with poll(2).
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
