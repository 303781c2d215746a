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

int wait_for(const sigset_t& signals) {
  int signal = 0;
  while (sigwait(&signals, &signal) != 0) {
  }
  return signal;
}

}  // namespace

StopSignals::StopSignals() {
  sigemptyset(&awaited_);
  for (const int signal : {SIGTERM, SIGINT, SIGHUP}) sigaddset(&awaited_, signal);
  pthread_sigmask(SIG_BLOCK, &awaited_, nullptr);  // in every thread there will be
  for (const int signal : ignored_signals()) ignore(signal);
  std::thread([draining = draining_, awaited = awaited_] {
    draining->wait();
    while (wait_for(awaited) == SIGHUP) {
    }
    Poco::Logger::get("gatehouse").warning("told twice to stop: not waiting for the exchanges under way");
    _exit(1);
  }).detach();
}

int StopSignals::wait() const { return wait_for(awaited_); }

}  // namespace gatehouse::commands
