// gatehouse plugins: what the configuration loads, from which file, its hash and version.
#include <iomanip>
#include <iostream>

#include "commands/command.h"
#include "config/load.h"
#include "modules/reloader.h"

namespace gatehouse::commands {

int plugins(const Arguments& arguments) {
  const core::Result<config::Settings> settings = config::load(arguments.config);
  if (!settings.ok()) {
    complain(settings.status());
    return 1;
  }
  core::Result<std::unique_ptr<modules::Reloader>> reloader = modules::Reloader::open(*settings);
  if (!reloader.ok()) {
    complain(reloader.status());
    return 1;
  }
  const auto generation = (*reloader)->registry().current();
  std::cout << std::left;
  for (const modules::PluginUse& use : generation->plugins()) {
    const modules::PluginReport& plugin = use.report;
    std::cout << std::setw(9) << plugin.kind << " " << std::setw(16) << plugin.name << " " << std::setw(8)
              << plugin.version << " " << plugin.sha256 << " " << plugin.file << "\n";
  }
  return 0;
}

}  // namespace gatehouse::commands
