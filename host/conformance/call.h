// One call into a plugin and how it ended. For all checks it looks at what every call owes: a failure other than being
// stopped has a reason, and that is a text that ends within its field. Functions; any thread.
#pragma once

#include <gatehouse/abi.h>

#include <string>
#include <string_view>

#include "conformance/check.h"
#include "conformance/memory.h"

namespace gatehouse::conformance {

struct Outcome {
  gh_status status = GH_OK;
  std::string message, code;

  bool ok() const { return status == GH_OK; }
};

// Says what the plugin is about to do, in case it crashes or hangs there.
void doing(std::string_view what);

// Reads an error's fields. Fails the check if they are no texts, or if `reason_needed` and there is none.
Outcome read_error(gh_status status, const gh_error& error, std::string_view what, bool reason_needed);

// make(error) makes the call and returns its gh_status.
template <class Make>
Outcome call(Memory& memory, std::string_view what, Make make) {
  gh_error* error = memory.place(gh_error{});
  doing(what);
  const gh_status status = make(error);
  return read_error(status, *error, what, status != GH_OK && status != GH_ECANCELLED);
}

}  // namespace gatehouse::conformance
