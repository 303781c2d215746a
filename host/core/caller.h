// Who asks, and where that is known from. Values.
#pragma once

#include <string>
#include <string_view>

#include "core/status.h"

namespace gatehouse::core {

struct Caller {
  std::string client_id;  // empty: unknown
  std::string key_id;     // a hash prefix of the credential; empty: none was given
};

// The client as the request's header and its body name it; both may be empty, but they may not
// contradict each other.
Result<std::string> agree_on_client(std::string_view header, std::string_view body);

}  // namespace gatehouse::core
