// Asks the running gateway through its operators' endpoints. One call, one thread.
#pragma once

#include <string>
#include <string_view>

#include "config/settings.h"
#include "core/status.h"

namespace gatehouse::commands {

struct OperatorAnswer {
  int status = 0;
  std::string body;
};

// A failure says that no gateway answers there.
core::Result<OperatorAnswer> ask_gateway(const config::AdminSettings& admin, std::string method, std::string_view path);

}  // namespace gatehouse::commands
