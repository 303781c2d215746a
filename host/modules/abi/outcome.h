// How a call into a plugin ended, in the host's terms. A gh_error is not trusted: its texts may lack
// their NUL or be no UTF-8. Values; one call, one thread.
#pragma once

#include <gatehouse/abi.h>

#include <string>
#include <string_view>

#include "core/status.h"

namespace gatehouse::modules {

// The gh_error one call may fill.
class CallError {
 public:
  CallError() { raw_.size = sizeof raw_; }
  gh_error* raw() { return &raw_; }

  // The plugin's reason, or a sentence saying that it gave none.
  std::string message() const;

  // The status as a failure that names the plugin; ok for GH_OK. The plugin's code, field, HTTP status (400 to
  // 599) and retry time are kept. GH_EUPSTREAM differs from GH_ERETRY in retry_useless; flags
  // that nobody here knows mean nothing.
  core::Status to_status(gh_status status, std::string_view plugin) const;

 private:
  gh_error raw_{};
};

}  // namespace gatehouse::modules
