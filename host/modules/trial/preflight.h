// A trial run of a plugin in a process of its own, before it is loaded into this one: load, check, create with its
// configuration, take over state, destroy, unload. A plugin that aborts, crashes or hangs does so there.
// Thread-safe.
#pragma once

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/status.h"
#include "modules/abi/plugin_state.h"

namespace gatehouse::modules {

struct Trial {
  std::filesystem::path file;  // loaded from here
  std::string shown;           // what messages call it
  std::string component;       // its name, where the file has several
  std::vector<std::string> interfaces;
  std::string config;                // a JSON object; may hold secrets, so it never stands on a command line
  std::optional<PluginState> state;  // that it will have to take over
};

// What a trial that went well has found.
struct TrialReport {
  std::string interface_id, version;
  std::vector<std::string> warnings;  // lines of the plugin's
};

class Preflight {
 public:
  explicit Preflight(std::chrono::milliseconds time_limit, std::string program = "/proc/self/exe")
      : time_limit_(time_limit), program_(std::move(program)) {}

  // A failure has Code::config and the plugin's reason, or says how the trial ended instead.
  core::Status run(const Trial& trial) const { return look(trial).status(); }
  // The same, and what it found.
  core::Result<TrialReport> look(const Trial& trial) const;

 private:
  std::chrono::milliseconds time_limit_;
  std::string program_;  // runs run_trial() when called with kTrialCommand
};

// The child's side.
inline constexpr std::string_view kTrialCommand = "plugin-trial";
// Reads a trial from standard input, runs it, says how it goes, and exits.
[[noreturn]] void run_trial();

}  // namespace gatehouse::modules
