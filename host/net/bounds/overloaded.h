// The answer to who meets a bound of the front: 503, and the client may come again in a second. A function without
// state; any thread.
#pragma once

#include <chrono>
#include <string>
#include <utility>

#include "core/status.h"

namespace gatehouse::net {

inline core::Status overloaded(std::string message) {
  core::Status status(core::Code::overloaded, std::move(message));
  status.failure().retry_after = std::chrono::seconds(1);
  return status;
}

}  // namespace gatehouse::net
