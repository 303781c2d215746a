// gatehouse serve: runs the gateway until it is told to stop.
#include <Poco/Logger.h>
#include <pthread.h>
#include <signal.h>
#include <unistd.h>

#include <thread>

#include "commands/command.h"
#include "config/load.h"
#include "gateway.h"

namespace gatehouse::commands {

namespace {

// Blocks the signals we wait for, in every thread there will be.
sigset_t claim_signals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGHUP);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  signal(SIGPIPE, SIG_IGN);
  return signals;
}

int wait_for(const sigset_t& signals) {
  int signal = 0;
  while (sigwait(&signals, &signal) != 0) {
  }
  return signal;
}

// While the drain goes on, a second signal ends the process at once.
void exit_at_next(const sigset_t& signals) {
  std::thread([signals] {
    while (wait_for(signals) == SIGHUP) {
    }
    Poco::Logger::get("gatehouse").warning("told twice to stop: not waiting for the exchanges under way");
    _exit(1);
  }).detach();
}

}  // namespace

int serve(const Arguments& arguments) {
  const sigset_t signals = claim_signals();
  const core::Result<config::Settings> settings = config::load(arguments.config);
  if (!settings.ok()) {
    complain(settings.status());
    return 1;
  }
  core::Result<std::unique_ptr<Gateway>> gateway = Gateway::build(*settings, arguments.config);
  const core::Status started = gateway.ok() ? (*gateway)->start() : gateway.status();
  if (!started.ok()) {
    complain(started);
    return 1;
  }
  while (wait_for(signals) == SIGHUP) (void)(*gateway)->reload();  // which logs how it went
  exit_at_next(signals);
  (*gateway)->drain();
  return 0;
}

}  // namespace gatehouse::commands
