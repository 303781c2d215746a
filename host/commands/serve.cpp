// gatehouse serve: runs the gateway until it is told to stop.
#include <Poco/ErrorHandler.h>
#include <Poco/Exception.h>
#include <Poco/Logger.h>
#include <signal.h>

#include "commands/command.h"
#include "commands/stop_signals.h"
#include "config/load.h"
#include "gateway.h"

namespace gatehouse::commands {

namespace {

// An exception that leaves a server's thread is a fault of ours: it must be seen.
class Faults final : public Poco::ErrorHandler {
 public:
  void exception(const Poco::Exception& fault) override { log(fault.displayText()); }
  void exception(const std::exception& fault) override { log(fault.what()); }
  void exception() override { log("of an unknown kind"); }

 private:
  static void log(const std::string& what) { Poco::Logger::get("gatehouse").error("unhandled exception: " + what); }
};

}  // namespace

int serve(const Arguments& arguments) {
  static Faults faults;
  Poco::ErrorHandler::set(&faults);
  StopSignals signals;
  const core::Result<config::Settings> settings = config::load(arguments.config);
  if (!settings.ok()) return failed(settings.status());
  core::Result<std::unique_ptr<Gateway>> gateway = Gateway::build(*settings, arguments.config);
  if (!gateway.ok()) return failed(gateway.status());
  if (const core::Status started = (*gateway)->start(); !started.ok()) return failed(started);
  while (signals.wait() == SIGHUP) (void)(*gateway)->reload();  // which logs how it went
  signals.exit_at_next();
  return (*gateway)->drain().ok() ? 0 : 1;
}

}  // namespace gatehouse::commands
