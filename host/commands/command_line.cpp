#include "commands/command_line.h"

#include <Poco/Util/HelpFormatter.h>
#include <Poco/Util/Option.h>
#include <Poco/Util/OptionException.h>
#include <Poco/Util/OptionProcessor.h>
#include <Poco/Util/OptionSet.h>

#include <ostream>

#include "config/yaml/suggestion.h"

namespace gatehouse::commands {

using core::Code;
using core::Result;
using core::Status;
namespace util = Poco::Util;

namespace {

bool needs_config(const Command& command) { return command.optional_config.empty(); }

util::OptionSet options_of(const Command& command) {
  util::OptionSet options;
  options.addOption(util::Option("help", "h", "shows this"));
  const std::string_view config =
      needs_config(command) ? std::string_view("the configuration, a YAML file") : command.optional_config;
  options.addOption(util::Option("config", "c", std::string(config)).argument("FILE"));
  for (const auto& [name, argument, summary] : command.options) {
    util::Option option(std::string(name), "", std::string(summary));
    if (!argument.empty()) option.argument(std::string(argument));
    options.addOption(option);
  }
  return options;
}

Status misread(std::string message) { return {Code::invalid_request, std::move(message)}; }

Status unknown(const util::OptionSet& options, std::string_view word) {
  const std::string name(word.substr(0, word.find('=')));
  std::vector<std::string> known;
  for (const util::Option& option : options) known.push_back("--" + option.fullName());
  return misread("there is no option '" + name + "'" + config::suggestion(name, "options", known));
}

void enter(Arguments& arguments, const std::string& option, const std::string& value) {
  if (option == "help") {
    arguments.help = true;
  } else if (option == "config") {
    arguments.config = value;
  } else {
    arguments.options[option] = value;
  }
}

}  // namespace

Result<const Command*> find_command(std::span<const Command> commands, const std::string& name) {
  std::vector<std::string> known;
  for (const Command& command : commands) {
    if (command.name == name) return &command;
    known.emplace_back(command.name);
  }
  if (name.empty()) return misread("say which command");
  return misread("there is no command '" + name + "'" + config::suggestion(name, "commands", known));
}

void show_commands(std::span<const Command> commands, std::ostream& out) {
  out << "usage: gatehouse COMMAND [OPTIONS]\n\n";
  for (const Command& command : commands)
    out << "  " << command.name << std::string(10 - command.name.size(), ' ') << command.summary << "\n";
  out << "\n'gatehouse COMMAND --help' says more; 'gatehouse --version' says which build this is.\n"
         "Exit codes: 0 fine, 1 failed, 2 used wrongly.\n";
}

Result<Arguments> read_arguments(const Command& command, std::span<const std::string> words) try {
  const util::OptionSet options = options_of(command);
  util::OptionProcessor processor(options);
  processor.setUnixStyle(true);
  Arguments arguments;
  for (const std::string& word : words) {
    std::string option, value;
    try {
      if (!processor.process(word, option, value)) {
        arguments.words.push_back(word);
      } else if (!option.empty()) {  // its value may be the next word
        enter(arguments, option, value);
      }
    } catch (const util::UnknownOptionException&) {
      return unknown(options, word);
    }
    if (arguments.help) return arguments;
  }
  processor.checkRequired();
  if (!arguments.words.empty() && command.words.empty())
    return misread("'" + arguments.words.front() + "' is not understood");
  if (arguments.config.empty() && needs_config(command)) return misread("--config FILE is needed");
  return arguments;
} catch (const util::MissingArgumentException& error) {
  return misread("--" + error.message());  // "--config requires FILE"
} catch (const util::DuplicateOptionException& error) {
  return misread("--" + error.message() + " is given more than once");
} catch (const util::OptionException& error) {
  return misread(error.displayText());
}

void show_help(const Command& command, std::ostream& out) {
  const util::OptionSet options = options_of(command);
  util::HelpFormatter formatter(options);
  formatter.setUnixStyle(true);
  formatter.setCommand("gatehouse " + std::string(command.name));
  formatter.setUsage(std::string(command.words) + (command.words.empty() ? "" : " ") +
                     (needs_config(command) ? "--config FILE" : "[--config FILE]") +
                     (command.options.empty() ? "" : " [OPTIONS]"));
  formatter.setHeader("\n" + std::string(command.summary) + ".");
  formatter.format(out);
}

}  // namespace gatehouse::commands
