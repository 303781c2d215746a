#include "commands/stop_signals.h"

#include <Poco/Logger.h>
#include <pthread.h>
#include <unistd.h>

#include <thread>
#include <vector>

namespace gatehouse::commands {

namespace {

std::vector<int> ignored_signals() {
  std::vector<int> all{SIGUSR1, SIGUSR2, SIGALRM, SIGVTALRM, SIGPROF, SIGIO, SIGPWR, SIGSTKFLT, SIGTTIN, SIGTTOU};
  all.push_back(SIGPIPE);
  all.push_back(SIGXFSZ);  // a log file at its limit is the sink's to report
  for (int signal = SIGRTMIN; signal <= SIGRTMAX; ++signal) all.push_back(signal);
  return all;
}

void ignore(int signal) {
  struct sigaction present{};
  const bool handled = sigaction(signal, nullptr, &present) == 0 && present.sa_handler != SIG_DFL;
  if (!handled) ::signal(signal, SIG_IGN);
}

siginfo_t wait_for(const sigset_t& signals) {
  siginfo_t info{};
  while (sigwaitinfo(&signals, &info) == -1) {
  }
  return info;
}

}  // namespace

StopSignals::StopSignals() {
  sigemptyset(&awaited_);
  for (const int signal : {SIGTERM, SIGINT, SIGHUP}) sigaddset(&awaited_, signal);
  pthread_sigmask(SIG_BLOCK, &awaited_, nullptr);  // in every thread there will be
  for (const int signal : ignored_signals()) ignore(signal);
  std::thread([drain = drain_, awaited = awaited_] {
    drain->begun.wait();
    for (int told = 0; told < drain->signals_to_end || drain->over;) {
      if (wait_for(awaited).si_signo != SIGHUP) ++told;
    }
    Poco::Logger::get("gatehouse").warning("told twice to stop: not waiting for the exchanges under way");
    _exit(1);
  }).detach();
}

int StopSignals::wait() {
  const siginfo_t info = wait_for(awaited_);
  by_itself_ = info.si_code == SI_USER && info.si_pid == ::getpid();
  return info.si_signo;
}

void StopSignals::drains() {
  if (by_itself_) drain_->signals_to_end = 2;
  drain_->begun.count_down();
}

}  // namespace gatehouse::commands
