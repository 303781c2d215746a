// gatehouse check: everything `serve` would refuse, without serving.
#include <iostream>

#include "commands/command.h"
#include "config/load.h"
#include "gateway.h"

namespace gatehouse::commands {

int check(const Arguments& arguments) {
  const core::Result<config::Settings> settings = config::load(arguments.config);
  if (!settings.ok()) return failed(settings.status());
  const auto gateway = Gateway::build(*settings, arguments.config);
  if (!gateway.ok()) return failed(gateway.status());
  std::cout << arguments.config << " is fine: " << settings->models.size() << " models, " << settings->providers.size()
            << " providers, " << settings->policies.size() << " policies, " << settings->log_sinks.size()
            << " log sinks\n";
  return 0;
}

}  // namespace gatehouse::commands
