// The signals of a process that serves. One per process, made before any other thread; one thread uses it.
#pragma once

#include <signal.h>

#include <latch>
#include <memory>

namespace gatehouse::commands {

class StopSignals {
 public:
  // From now on SIGTERM, SIGINT and SIGHUP are kept for wait(). Every other signal that would end or stop the process
  // without telling of a crash is ignored, unless somebody handles it: a script that was made for another server must
  // not end this one. Throws std::system_error where no thread can be had.
  StopSignals();

  // SIGTERM, SIGINT or SIGHUP, as they come.
  int wait() const;
  // From now on SIGTERM or SIGINT ends the process at once, with exit code 1. Needs nothing that a process might be
  // short of by then: the thread that waits for it has been there from the start.
  void exit_at_next() { draining_->count_down(); }

 private:
  sigset_t awaited_{};
  std::shared_ptr<std::latch> draining_ = std::make_shared<std::latch>(1);
};

}  // namespace gatehouse::commands
