// A command of `gatehouse`. Each has a file of its own; main.cpp lists them. Values and functions; one thread.
#pragma once

#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "config/settings.h"
#include "core/status.h"

namespace gatehouse::commands {

struct Arguments {
  std::string config;                          // --config
  std::map<std::string, std::string> options;  // all other options that were given
  std::vector<std::string> words;              // the rest of the command line
  bool help = false;                           // --help was given

  bool given(const std::string& name) const { return options.contains(name); }
  // An option's value; empty: it was not given.
  std::string option(const std::string& name) const {
    const auto found = options.find(name);
    return found == options.end() ? std::string() : found->second;
  }
};

// An option besides --config and --help.
struct Option {
  std::string_view name;
  std::string_view argument;  // what to call its value in the help; empty: it takes none
  std::string_view summary;
};

struct Command {
  std::string_view name;
  std::string_view summary;
  int (*run)(const Arguments& arguments);  // the exit code: 0 fine, 1 failed, 2 used wrongly
  std::string_view words = {};             // what it takes besides options, for the help; empty: nothing
  std::span<const Option> options = {};
  std::string_view optional_config = {};  // what --config is, where the command can do without; empty: it cannot
};

constexpr int kUsedWrongly = 2;

int serve(const Arguments& arguments);
int check(const Arguments& arguments);
int plugins(const Arguments& arguments);
int reload(const Arguments& arguments);
int plugin(const Arguments& arguments);
int key(const Arguments& arguments);
int limits(const Arguments& arguments);
int usage(const Arguments& arguments);
int begin_anew(const Arguments& arguments);
extern const std::span<const Option> kPluginOptions;
extern const std::span<const Option> kKeyOptions;
extern const std::span<const Option> kLimitsOptions;
extern const std::span<const Option> kServeOptions;
extern const std::span<const Option> kUsageOptions;

// Prints a failure to standard error, every line of it under the program's name; returns the exit code that goes with
// it. REQUIRES: !status.ok()
int failed(const core::Status& status);
// Prints how the command was used wrongly; returns kUsedWrongly.
int misused(std::string_view command, std::string_view what);

}  // namespace gatehouse::commands
