// Asks a loaded policy about one request.
#pragma once

#include "loaded_plugin.h"

namespace gatehouse::testing {

inline Decision ask(PluginInstance& policy, const Request& request) {
  return Decision::of([&](gh_edit* edit, gh_error* error) {
    return policy.table<gh_policy>().on_request(policy.raw(), nullptr, request.raw(), edit, error);
  });
}

}  // namespace gatehouse::testing
