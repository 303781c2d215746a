// gatehouse: reads which command is meant and with which options, and runs it.
#include <Poco/AutoPtr.h>
#include <Poco/ConsoleChannel.h>
#include <Poco/FormattingChannel.h>
#include <Poco/Logger.h>
#include <Poco/PatternFormatter.h>
#include <Poco/Util/HelpFormatter.h>
#include <Poco/Util/OptionCallback.h>
#include <Poco/Util/ServerApplication.h>

#include <algorithm>
#include <iostream>

#include "commands/command.h"
#include "conformance/checks/run.h"
#include "modules/trial/preflight.h"

namespace {

using gatehouse::commands::Arguments;
using gatehouse::commands::Command;

using gatehouse::commands::kUsedWrongly;

const Command kCommands[] = {
    {"serve", "serves callers until SIGTERM or SIGINT, then drains", gatehouse::commands::serve},
    {"check", "says everything that serve would refuse, without serving", gatehouse::commands::check},
    {"reload", "asks the running gateway to read its configuration again and swap what changed",
     gatehouse::commands::reload},
    {"plugins", "lists what is loaded, from which file, its version and hash", gatehouse::commands::plugins},
    {"plugin", "checks whether a plugin keeps the contract with the gateway", gatehouse::commands::plugin,
     "check FILE.so", gatehouse::commands::kPluginOptions,
     "the plugin's configuration, a JSON file; a sink writes its test records where it says"},
    {"key", "creates, lists, revokes and rotates callers' keys", gatehouse::commands::key,
     "create | list | revoke ID | rotate ID", gatehouse::commands::kKeyOptions},
    {"usage", "says who used what: requests, tokens and money", gatehouse::commands::usage, "",
     gatehouse::commands::kUsageOptions},
};

// Diagnostics go to standard error; standard output is the stdout sink's.
void log_to_stderr() {
  Poco::AutoPtr<Poco::Channel> console(new Poco::ConsoleChannel(std::cerr));
  Poco::AutoPtr<Poco::Formatter> pattern(new Poco::PatternFormatter("%Y-%m-%dT%H:%M:%S.%iZ %p %s: %t"));
  Poco::AutoPtr<Poco::Channel> formatted(new Poco::FormattingChannel(pattern, console));
  Poco::Logger::setChannel("", formatted);
}

// Options after the command's name; what is left over is a mistake.
class Application final : public Poco::Util::ServerApplication {
 public:
  explicit Application(const Command& command) : command_(command) {}

 protected:
  void defineOptions(Poco::Util::OptionSet& options) override {
    ServerApplication::defineOptions(options);
    options.addOption(Poco::Util::Option("help", "h", "shows this")
                          .callback(Poco::Util::OptionCallback<Application>(this, &Application::ask_for_help)));
    const bool optional = !command_.optional_config.empty();
    const std::string config(optional ? command_.optional_config : "the configuration, a YAML file");
    options.addOption(Poco::Util::Option("config", "c", config)
                          .argument("FILE")
                          .callback(Poco::Util::OptionCallback<Application>(this, &Application::set_config)));
    for (const auto& [name, argument, summary] : command_.options) {
      Poco::Util::Option option(std::string(name), "", std::string(summary));
      if (!argument.empty()) option.argument(std::string(argument));
      options.addOption(option.callback(Poco::Util::OptionCallback<Application>(this, &Application::set_option)));
    }
  }

  void initialize(Poco::Util::Application& self) override {
    ServerApplication::initialize(self);  // installs a logging of its own
    log_to_stderr();
  }

  int main(const ArgVec& rest) override {
    if (help_) return show_help();
    if (!rest.empty() && command_.words.empty()) return misused("'" + rest.front() + "' is not understood");
    if (arguments_.config.empty() && command_.optional_config.empty()) return misused("--config FILE is needed");
    arguments_.words = rest;
    return command_.run(arguments_);
  }

 private:
  void ask_for_help(const std::string&, const std::string&) {
    help_ = true;
    stopOptionsProcessing();
  }
  void set_config(const std::string&, const std::string& value) { arguments_.config = value; }
  void set_option(const std::string& name, const std::string& value) { arguments_.options[name] = value; }

  int show_help() {
    Poco::Util::HelpFormatter formatter(options());
    formatter.setUnixStyle(true);
    formatter.setCommand("gatehouse " + std::string(command_.name));
    const bool optional = !command_.optional_config.empty();
    formatter.setUsage(std::string(command_.words) + (command_.words.empty() ? "" : " ") +
                       (optional ? "[--config FILE]" : "--config FILE") +
                       (command_.options.empty() ? "" : " [OPTIONS]"));
    formatter.setHeader("\n" + std::string(command_.summary) + ".");
    formatter.format(std::cout);
    return 0;
  }

  int misused(const std::string& what) const {
    std::cerr << "gatehouse " << command_.name << ": " << what << "; try 'gatehouse " << command_.name << " --help'\n";
    return kUsedWrongly;
  }

  const Command& command_;
  Arguments arguments_;
  bool help_ = false;
};

void show_commands(std::ostream& out) {
  out << "usage: gatehouse COMMAND [OPTIONS]\n\n";
  for (const Command& command : kCommands)
    out << "  " << command.name << std::string(10 - command.name.size(), ' ') << command.summary << "\n";
  out << "\n'gatehouse COMMAND --help' says more. Exit codes: 0 fine, 1 failed, 2 used wrongly.\n";
}

}  // namespace

int main(int argc, char** argv) {
  const std::string_view word = argc > 1 ? argv[1] : "";
  if (word == gatehouse::modules::kTrialCommand) gatehouse::modules::run_trial();  // the gateway calls itself
  if (word == gatehouse::conformance::kCheckCommand) gatehouse::conformance::run_check();
  if (word == "--version") {
    std::cout << "gatehouse " << GATEHOUSE_VERSION << "\n";
    return 0;
  }
  if (word == "--help" || word == "-h" || word == "help") {
    show_commands(std::cout);
    return 0;
  }
  const auto* command =
      std::find_if(std::begin(kCommands), std::end(kCommands), [&](const Command& c) { return c.name == word; });
  if (command == std::end(kCommands)) {
    if (!word.empty()) std::cerr << "gatehouse: there is no command '" << word << "'\n";
    show_commands(std::cerr);
    return kUsedWrongly;
  }
  Application application(*command);
  argv[1] = argv[0];
  const int code = application.run(argc - 1, argv + 1);
  return code == Poco::Util::Application::EXIT_CONFIG ? kUsedWrongly : code;  // how Poco ends on a bad option
}
