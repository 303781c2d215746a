#include "net/fibers/loop.h"

#include <sys/eventfd.h>

#include <algorithm>
#include <cerrno>
#include <new>
#include <system_error>
#include <utility>

#include "net/fibers/loop_threads.h"

namespace gatehouse::net {

namespace {

constexpr std::chrono::milliseconds kAcceptPause{100};
constexpr short kReadable = POLLIN | POLLRDHUP | POLLHUP | POLLERR;

}  // namespace

struct Loop::Sleep : Reactor::Wait {
  Sleep(std::span<pollfd> fds, Clock::time_point until, Task& who) : Wait(fds, until), task(who) {}
  Task& task;
};

Loop::Loop(LoopThreads& loop_threads, std::size_t fiber_stack, std::chrono::milliseconds tick)
    : loop_threads_(loop_threads), tick_(tick), reactor_(*this), idle_(*this, fiber_stack) {}

core::Status Loop::open(Acceptor* acceptor, int drain_fd) {
  acceptor_ = acceptor;
  GH_TRY(reactor_.open(tick_));
  wakeup_ = core::Descriptor(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  if (wakeup_.valid() && reactor_.watch_steadily(wakeup_.get()) && reactor_.watch(drain_fd) &&
      (acceptor == nullptr || reactor_.watch_steadily(acceptor->fd())))
    return {};
  return {core::Code::internal, "A loop cannot watch its descriptors: " + std::generic_category().message(errno)};
}

// ---- whose the loop is -----------------------------------------------------------------------

// Takes the loop for the running fiber, for a moment. False: the fiber has lost the loop.
bool Loop::hold() {
  std::uint64_t turn = static_cast<Task*>(Fiber::current())->turn;
  return turn_.compare_exchange_strong(turn, turn + 1);
}

void Loop::release(Task& task) {
  task.turn = turn_.load(std::memory_order_relaxed) + 1;
  turn_.store(task.turn);
}

bool Loop::take_over(std::uint64_t turn) { return turn_.compare_exchange_strong(turn, turn + 1); }

void Loop::may_block() {
  if (!hold()) return;
  if (!loop_threads_.drive(*this)) release(static_cast<Task&>(*Fiber::current()));
}

// ---- what a fiber asks for -------------------------------------------------------------------

core::Result<int> Loop::wait(std::span<pollfd> fds, Clock::time_point until) {
  if (fds.size() > Reactor::kMostWatches) return core::Status(core::Code::internal, "A wait has too many descriptors.");
  Task& task = static_cast<Task&>(*Fiber::current());
  if (!hold()) {
    core::Result<int> ready = core::poll_until(fds, Clock::time_point::min());
    if (!ready.ok() || *ready > 0 || Clock::now() >= until) return ready;
    hold_again();
  }
  const int ready = reactor_.look(fds);
  if (ready == 0 && until != Clock::time_point::min()) {  // a time that has passed by now still takes a look
    Sleep sleep(fds, until, task);
    reactor_.enlist(sleep);
    task.suspend();
    return static_cast<int>(std::count_if(fds.begin(), fds.end(), [](const pollfd& fd) { return fd.revents != 0; }));
  }
  release(task);
  if (ready >= 0) return ready;
  may_block();
  return core::poll_until(fds, until);
}

// The thread that the fiber had to itself goes to others.
void Loop::come_back() {
  Task& task = static_cast<Task&>(*Fiber::current());
  task.comes_back = true;
  task.suspend();
}

// As often as it is lost again on the way.
void Loop::hold_again() {
  while (!hold()) come_back();
}

void Loop::watch(int fd) {
  hold_again();        // an exchange's descriptors are all watched by its loop
  reactor_.watch(fd);  // where it fails, a wait polls
  release(static_cast<Task&>(*Fiber::current()));
}

void Loop::mark_drained(int fd, short events) {
  if (!hold()) return;
  reactor_.mark_drained(fd, events);
  release(static_cast<Task&>(*Fiber::current()));
}

void Loop::work(Task& task) {
  task.job->run();
  if (hold()) {
    Waiter::set_current(nullptr);  // from here on nothing waits
    return park_or_close(std::move(task.job));
  }
  Waiter::set_current(nullptr);
  task.taken_over = true;
  post(std::move(task.job));
}

// ---- driving ---------------------------------------------------------------------------------

void Loop::run() {
  while (!stopping_ || under_way_ > 0) {
    take_inbox();
    while (!ready_.empty()) {
      Task& task = *ready_.front();
      ready_.pop_front();
      if (!resume(task)) return;
    }
    if (draining_ && !drained_) close_idle();
    look_at_parked();
    reactor_.round(longest_wait());
  }
}

// False: another thread drives the loop by now.
bool Loop::resume(Task& task) {
  release(task);
  loop_threads_.stir();
  Waiter::set_current(this);
  task.enter();
  Waiter::set_current(nullptr);
  if (std::exchange(task.comes_back, false)) {
    post(task);  // which another thread may end at once
    return false;
  }
  const bool taken_over = task.taken_over;
  if (task.job != nullptr) return true;
  std::unique_ptr<Task> done(&task);
  if (!taken_over) idle_.put(std::move(done));
  done.reset();
  --under_way_;
  if (taken_over) wake_up();
  return !taken_over;
}

std::chrono::milliseconds Loop::longest_wait() const {
  if (!ready_.empty()) return std::chrono::milliseconds(0);
  return accept_again_ == Clock::time_point::max() ? tick_ : std::min(tick_, kAcceptPause);
}

void Loop::post(std::unique_ptr<Job> job) {
  {
    const std::lock_guard lock(mutex_);
    inbox_.push_back(std::move(job));
  }
  wake_up();
}

void Loop::post(Task& task) {
  {
    const std::lock_guard lock(mutex_);
    back_.push_back(&task);
  }
  wake_up();
}

void Loop::wake_up() { ::eventfd_write(wakeup_.get(), 1); }

void Loop::take_inbox() {
  std::vector<std::unique_ptr<Job>> arrived;
  {
    const std::lock_guard lock(mutex_);
    arrived.swap(inbox_);
    ready_.insert(ready_.end(), back_.begin(), back_.end());
    back_.clear();
  }
  for (auto& job : arrived) {
    if (!job->watched) job->watched = reactor_.watch(job->fd());
    if (job->watched) park_or_close(std::move(job));
  }
}

void Loop::drain() {
  draining_ = true;
  wake_up();
}

void Loop::stop() {
  stopping_ = true;
  wake_up();
}

void Loop::woken(Reactor::Wait& wait) { ready_.push_back(&static_cast<Sleep&>(wait).task); }

void Loop::stirred(int fd) {
  if (fd == wakeup_.get()) {
    eventfd_t ignored;
    ::eventfd_read(wakeup_.get(), &ignored);
  } else if (acceptor_ != nullptr && !drained_ && fd == acceptor_->fd()) {
    accept();
  } else {
    resume_parked(fd);
  }
}

void Loop::accept() {
  if (acceptor_->accept()) return;
  // Out of descriptors, most likely. The clients wait in the backlog; asking at once would spin.
  reactor_.pause_steady(acceptor_->fd(), true);
  accept_again_ = core::coarse_now() + kAcceptPause;
}

// ---- jobs that wait -------------------------------------------------------------------

void Loop::begin(std::unique_ptr<Job> job) {
  std::unique_ptr<Task> task;
  try {
    task = idle_.take();
  } catch (const std::bad_alloc&) {
    job->turn_away();
    return park_or_close(std::move(job));
  }
  task->job = std::move(job);
  ++under_way_;
  ready_.push_back(task.release());
}

// Puts away a job that has nothing more to do for now.
void Loop::park_or_close(std::unique_ptr<Job> job) {
  const int fd = job->fd();
  if (job->next() == Job::Next::close) return;
  if (draining_ && job->idle() && (job->bequeath() || !job->has_bytes())) return;
  parked_.put(std::move(job));
  resume_parked(fd);
}

// Runs or drains a parked job if bytes have come for it.
void Loop::resume_parked(int fd) {
  if ((reactor_.ready(fd) & kReadable) == 0) return;
  auto job = parked_.take(fd);
  if (job == nullptr) return;
  if (job->next() == Job::Next::wait) return begin(std::move(job));
  reactor_.mark_drained(fd, POLLIN);
  if (job->discard()) parked_.put(std::move(job));
}

void Loop::look_at_parked() {
  const auto now = core::coarse_now();
  if (now >= accept_again_ && !drained_) {
    accept_again_ = Clock::time_point::max();
    reactor_.pause_steady(acceptor_->fd(), false);
  }
  if (now < next_look_) return;
  next_look_ = now + tick_;
  reactor_.catch_up();  // what is there is read before anybody is found late
  idle_.shrink();
  const auto is_late = [&](const Job& job) { return now >= job.deadline(); };
  parked_.take_if(is_late, [this](std::unique_ptr<Job> late) {
    if (late->next() == Job::Next::wait && !late->idle()) begin(std::move(late));
  });
}

// A job whose bytes have already come stays, unless another process takes it: its event is next.
void Loop::close_idle() {
  drained_ = true;
  if (acceptor_ != nullptr) {
    acceptor_->accept();  // closing would reset those that wait to be accepted
    acceptor_->close();
  }
  const auto is_idle = [](Job& job) { return job.idle() && (job.bequeath() || !job.has_bytes()); };
  parked_.take_if(is_idle, [](std::unique_ptr<Job>) {});
}

}  // namespace gatehouse::net
