// The signals of a process that serves. One per process, made before any other thread; one thread uses it.
#pragma once

#include <signal.h>

#include <atomic>
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
  int wait();
  // The drain begins: being told to stop from now on ends the process at once, with exit code 1. One that stops by
  // itself, because another gateway has taken over, has to be told twice: whoever stops the service does not know that
  // it drains already. Needs nothing that a process might be short of by then: the thread that waits has been there
  // from the start.
  void drains();
  // Nothing is under way any more: the process ends by itself, and being told to stop changes nothing.
  void has_drained() { drain_->over = true; }

 private:
  struct Drain {
    std::latch begun{1};
    int signals_to_end = 1;  // set before begun
    std::atomic<bool> over{false};
  };

  sigset_t awaited_{};
  bool by_itself_ = false;  // the last signal is one of this process to itself
  std::shared_ptr<Drain> drain_ = std::make_shared<Drain>();
};

}  // namespace gatehouse::commands
