// gatehouse check: everything `serve` would refuse, without serving and without a trace.
#include <iostream>

#include "commands/command.h"
#include "config/load.h"
#include "config/price_file.h"
#include "gateway.h"

namespace gatehouse::commands {

int check(const Arguments& arguments) {
  const core::Result<config::Settings> settings = config::load(arguments.config);
  if (!settings.ok()) return failed(settings.status());
  const core::Result<std::vector<std::string>> looked = Gateway::look(*settings);
  if (!looked.ok()) return failed(looked.status());
  for (const std::string& warning : *looked) std::cerr << "gatehouse: warning: " << warning << "\n";
  std::cout << arguments.config << " is fine: " << settings->models.size() << " models, " << settings->providers.size()
            << " providers, " << settings->policies.size() << " policies, " << settings->log_sinks.size()
            << " log sinks\n";
  if (settings->prices) std::cout << config::described(*settings->prices) << "\n";
  return 0;
}

}  // namespace gatehouse::commands
