#include "commands/command.h"

#include <iostream>
#include <sstream>

namespace gatehouse::commands {

int failed(const core::Status& status) {
  std::istringstream lines{std::string(status.message())};
  for (std::string line; std::getline(lines, line);) std::cerr << "gatehouse: " << line << "\n";
  return status.code() == core::Code::invalid_request ? kUsedWrongly : 1;
}

int misused(std::string_view command, std::string_view what) {
  std::cerr << "gatehouse " << command << ": " << what << "\nTry 'gatehouse " << command << " --help'.\n";
  return kUsedWrongly;
}

}  // namespace gatehouse::commands
