// What one version of a plugin hands to the next: gatehouse.state/1. A value.
#pragma once

#include <cstdint>
#include <string>

namespace gatehouse::modules {

struct PluginState {
  static constexpr std::size_t kMaxBytes = 64u << 20;

  std::string owner;          // the id of the component, which alone understands the state
  std::uint32_t version = 0;  // of the format; the plugin's own
  std::string bytes;
};

}  // namespace gatehouse::modules
