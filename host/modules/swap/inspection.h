// Looks at the configured plugins without putting them to use: each file is found and hashed, and tried in a process of
// its own, where it changes nothing. No copy is made and no folder. Any thread.
#pragma once

#include <string>
#include <vector>

#include "config/settings.h"
#include "core/status.h"
#include "modules/abi/plugin_key.h"

namespace gatehouse::modules {

struct InspectedPlugin {
  PluginKind kind = PluginKind::provider;
  std::string name;  // as in YAML; of a shadow that of its policy
  std::string version;
  std::string file;
  std::string sha256;                 // of the file, hex
  std::vector<std::string> warnings;  // the plugin's own
};

// A failure has Code::config and a line per problem: all that would keep a Reloader from opening.
core::Result<std::vector<InspectedPlugin>> inspect(const config::Settings& settings);

}  // namespace gatehouse::modules
