#include "core/wait.h"

#include <time.h>

#include <algorithm>
#include <cerrno>
#include <limits>
#include <system_error>

namespace gatehouse::core {

namespace {

// Only functions of this file, which callers cannot inline, touch it: a thread_local's address kept across a
// wait would be another thread's.
thread_local Waiter* current_waiter = nullptr;
thread_local bool on_one_thread = false;

// Rounded up, so that a wait never wakes just before its end, and spins.
int milliseconds_until(WaitClock::time_point end) {
  if (end == WaitClock::time_point::max()) return -1;
  const auto now = WaitClock::now();
  if (end <= now) return 0;
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(end - now).count();
  return static_cast<int>(std::min<std::int64_t>(left, std::numeric_limits<int>::max()));
}

}  // namespace

WaitClock::time_point coarse_now() {
  timespec now{};
  ::clock_gettime(CLOCK_MONOTONIC_COARSE, &now);
  return WaitClock::time_point(std::chrono::seconds(now.tv_sec) + std::chrono::nanoseconds(now.tv_nsec));
}

Waiter* Waiter::current() { return current_waiter; }
void Waiter::set_current(Waiter* waiter) { current_waiter = waiter; }

OnOneThread::OnOneThread() { on_one_thread = true; }
OnOneThread::~OnOneThread() { on_one_thread = false; }

Result<int> poll_until(std::span<pollfd> fds, WaitClock::time_point until) {
  while (true) {
    const int ready = ::poll(fds.data(), fds.size(), milliseconds_until(until));
    if (ready > 0 || (ready == 0 && WaitClock::now() >= until)) return ready;
    if (ready < 0 && errno != EINTR) {
      return Status(Code::internal, "poll failed: " + std::generic_category().message(errno));
    }
  }
}

Result<int> wait(std::span<pollfd> fds, WaitClock::time_point until) {
  Waiter* waiter = Waiter::current();
  if (waiter == nullptr) return poll_until(fds, until);
  if (!on_one_thread) return waiter->wait(fds, until);
  Result<int> ready = poll_until(fds, WaitClock::time_point::min());
  if (!ready.ok() || *ready > 0 || WaitClock::now() >= until) return ready;
  waiter->may_block();
  return poll_until(fds, until);
}

void watch(int fd) {
  if (Waiter* waiter = Waiter::current()) waiter->watch(fd);
}

void mark_drained(int fd, short events) {
  if (Waiter* waiter = Waiter::current()) waiter->mark_drained(fd, events);
}

void may_block() {
  if (Waiter* waiter = Waiter::current()) waiter->may_block();
}

}  // namespace gatehouse::core
