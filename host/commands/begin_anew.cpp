// gatehouse begin-anew: what to do about a data_dir of which a part is lost for good. Never done by anything else.
#include <iostream>

#include "commands/command.h"
#include "config/load.h"
#include "store/database/data_dir.h"
#include "store/state.h"

namespace gatehouse::commands {

int begin_anew(const Arguments& arguments) {
  const core::Result<config::Settings> settings = config::load(arguments.config);
  if (!settings.ok()) return failed(settings.status());
  const core::Result<store::DataDirLock> lock = store::DataDirLock::take(settings->data_dir);
  if (!lock.ok()) return failed(lock.status());
  const core::Result<std::vector<std::string>> moved = store::begin_anew(settings->data_dir);
  if (!moved.ok()) return failed(moved.status());
  for (const std::string& file : *moved) std::cout << "set aside " << file << "\n";
  std::cout << "data_dir " << settings->data_dir << " begins anew: no keys, no balances, no usage\n";
  return 0;
}

}  // namespace gatehouse::commands
