// What a reload did, or why it did nothing, as the operator sees it. Values.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "modules/abi/plugin_key.h"

namespace gatehouse::modules {

// What a reload did with one configured plugin; of a refused reload, what it would have done.
struct PluginChange {
  enum class Kind : std::uint8_t { reused, loaded, replaced, held_back, returned, removed, refused };
  Kind kind = Kind::refused;
  PluginVersion plugin;  // refused: without version and hash
  std::string reason;
};
std::string_view name(PluginChange::Kind kind);

// A version that was taken back: the same file with the same configuration is not tried again.
struct Rollback {
  PluginVersion plugin;
  std::string config;  // may hold secrets
  std::string why;
  std::chrono::system_clock::time_point when;
};

// A shadow that was made live. The promotion holds until the configuration names other files.
struct Promotion {
  std::string policy;
  std::string plugin;  // that was live
  std::string shadow;  // that is
  std::string sha256;  // of it
};

struct GenerationState {
  std::uint64_t number = 0;
  std::chrono::system_clock::time_point since;
  bool current = false;
  long in_flight = 0;  // exchanges that hold it; a snapshot
};

struct ReloadReport {
  bool done = false;
  std::uint64_t generation = 0;  // that serves now
  std::string problem;           // a line each; empty when done
  std::vector<PluginChange> plugins;
  std::vector<std::string> needs_restart;      // changed settings that only a restart applies
  std::vector<Promotion> promoted;             // that the configuration does not have yet
  std::vector<GenerationState> still_running;  // earlier generations
  std::chrono::milliseconds took{0};
};

}  // namespace gatehouse::modules
