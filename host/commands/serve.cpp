// gatehouse serve: runs the gateway until it is told to stop.
#include <Poco/ErrorHandler.h>
#include <Poco/Exception.h>
#include <Poco/Logger.h>
#include <signal.h>
#include <sys/prctl.h>

#include "commands/command.h"
#include "commands/stop_signals.h"
#include "config/load.h"
#include "core/short_of_memory.h"
#include "gateway.h"

namespace gatehouse::commands {

namespace {

using Way = takeover::Succession::Way;

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

constexpr Option kOptions[] = {
    {"take-over", "", "replaces the gateway that serves from the same data_dir, and refuses no caller meanwhile"},
    {"allow-core-dumps", "", "lets a crash leave a core file, with keys and prompts in it"}};
const std::span<const Option> kServeOptions = kOptions;

int serve(const Arguments& arguments) {
  static Faults faults;
  Poco::ErrorHandler::set(&faults);
  core::provide_for_shortage();
  StopSignals signals;
  // Neither a core file nor a debugger of the same user gets at keys and prompts.
  if (!arguments.given("allow-core-dumps")) ::prctl(PR_SET_DUMPABLE, 0);
  const core::Result<config::Settings> settings = config::load(arguments.config);
  if (!settings.ok()) return failed(settings.status());
  core::Result<std::unique_ptr<Gateway>> gateway = Gateway::build(*settings, arguments.config);
  if (!gateway.ok()) return failed(gateway.status());
  const auto way = arguments.given("take-over") ? Way::take_over : Way::alone;
  if (const core::Status started = (*gateway)->start(way); !started.ok()) return failed(started);
  while (signals.wait() == SIGHUP) (void)(*gateway)->reload();  // which logs how it went
  signals.drains();
  const core::Status drained = (*gateway)->drain();
  signals.has_drained();
  return drained.ok() ? 0 : 1;
}

}  // namespace gatehouse::commands
