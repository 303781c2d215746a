// Asks the running gateway through its operators' endpoints. One call, one thread.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "commands/command.h"
#include "config/settings.h"
#include "core/status.h"

namespace gatehouse::commands {

struct OperatorAnswer {
  int status = 0;
  std::string body;
};

// A failure says that no gateway answers there.
core::Result<OperatorAnswer> ask_gateway(const config::AdminSettings& admin, std::string method, std::string_view path);

// Asks the gateway of the configuration, and prints its answer, which says the exit code. A Poco::Exception of `print`
// means that no gateway would answer so.
int ask_and_print(const Arguments& arguments, const std::string& method, const std::string& path,
                  const std::function<int(const OperatorAnswer&)>& print);

}  // namespace gatehouse::commands
