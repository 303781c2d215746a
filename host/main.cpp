// gatehouse: finds the command that is meant, reads its options, and runs it.
#include <Poco/AutoPtr.h>
#include <Poco/ConsoleChannel.h>
#include <Poco/FormattingChannel.h>
#include <Poco/Logger.h>
#include <Poco/PatternFormatter.h>
#include <sys/stat.h>

#include <algorithm>
#include <iostream>
#include <span>
#include <string>
#include <vector>

#include "commands/command.h"
#include "commands/command_line.h"
#include "commands/version.h"
#include "conformance/checks/run.h"
#include "modules/trial/preflight.h"

// jemalloc's own setting: what is larger, a prompt most likely, goes back to the system as soon as it is freed.
extern "C" {
extern const char* malloc_conf;
const char* malloc_conf = "oversize_threshold:1048576";
}

namespace {

namespace commands = gatehouse::commands;

const commands::Command kCommands[] = {
    {"serve", "serves callers until SIGTERM or SIGINT, then drains; SIGHUP reloads", commands::serve, "",
     commands::kServeOptions},
    {"check", "says everything that serve would refuse, without serving", commands::check},
    {"reload", "asks the running gateway to read its configuration again and swap what changed", commands::reload},
    {"plugins", "lists what is loaded, from which file, its version and hash", commands::plugins},
    {"plugin", "checks whether a plugin keeps the contract with the gateway", commands::plugin, "check FILE.so",
     commands::kPluginOptions, "the plugin's configuration, a JSON file; a sink writes its test records where it says"},
    {"key", "creates, lists, revokes and rotates callers' keys", commands::key, "create | list | revoke ID | rotate ID",
     commands::kKeyOptions},
    {"limits", "shows what is spent under each limit, and gives spending back", commands::limits,
     "show | reset | credit", commands::kLimitsOptions},
    {"usage", "says who used what: requests, tokens and money", commands::usage, "", commands::kUsageOptions},
    {"begin-anew", "sets a data_dir aside of which a part is lost, and begins without keys, balances and usage",
     commands::begin_anew},
};

// Diagnostics go to standard error; standard output is the stdout sink's.
void log_to_stderr() {
  Poco::AutoPtr<Poco::Channel> console(new Poco::ConsoleChannel(std::cerr));
  Poco::AutoPtr<Poco::Formatter> pattern(new Poco::PatternFormatter("%Y-%m-%dT%H:%M:%S.%iZ %p %s: %t"));
  Poco::AutoPtr<Poco::Channel> formatted(new Poco::FormattingChannel(pattern, console));
  Poco::Logger::root().setChannel(formatted);
}

int run(const commands::Command& command, std::span<const std::string> words) try {
  const auto arguments = commands::read_arguments(command, words);
  if (!arguments.ok()) return commands::misused(command.name, arguments.status().message());
  if (arguments->help) {
    commands::show_help(command, std::cout);
    return 0;
  }
  log_to_stderr();
  ::umask(077);  // what the gateway and its plugins make is for their own user
  return command.run(*arguments);
} catch (const std::exception& error) {
  std::cerr << "gatehouse " << command.name << ": " << error.what() << "\n";
  return 1;
}

}  // namespace

int main(int argc, char** argv) {
  const std::vector<std::string> words(argv + std::min(argc, 1), argv + argc);
  const std::string word = words.empty() ? "" : words.front();
  if (word == gatehouse::modules::kTrialCommand) gatehouse::modules::run_trial();  // the gateway calls itself
  if (word == gatehouse::conformance::kCheckCommand) gatehouse::conformance::run_check();
  if (word == "--version") {
    std::cout << "gatehouse " << commands::version() << "\n";
    return 0;
  }
  if (word == "--help" || word == "-h" || word == "help") {
    commands::show_commands(kCommands, std::cout);
    return 0;
  }
  const auto command = commands::find_command(kCommands, word);
  if (command.ok()) return run(**command, std::span(words).subspan(1));
  std::cerr << "gatehouse: " << command.status().message() << "\n\n";
  commands::show_commands(kCommands, std::cerr);
  return commands::kUsedWrongly;
}
