// gatehouse serve: runs the gateway until it is told to stop.
#include <Poco/ErrorHandler.h>
#include <Poco/Exception.h>
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

// What a thread of the server throws past its last handler is a fault of ours: it must be seen.
class Faults final : public Poco::ErrorHandler {
 public:
  void exception(const Poco::Exception& fault) override { log(fault.displayText()); }
  void exception(const std::exception& fault) override { log(fault.what()); }
  void exception() override { log("of an unknown kind"); }

 private:
  static void log(const std::string& what) { Poco::Logger::get("gatehouse").error("unhandled exception: " + what); }
};

// Blocks the signals we wait for, in every thread there will be.
sigset_t claim_signals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGHUP);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  signal(SIGPIPE, SIG_IGN);
  signal(SIGXFSZ, SIG_IGN);  // a log file at its limit is the sink's to report
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
  static Faults faults;
  Poco::ErrorHandler::set(&faults);
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
