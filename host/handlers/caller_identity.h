// Who sends a request: from its credential, its x-client-id header and its body.
// Functions without state; any thread.
#pragma once

#include <string_view>

#include "core/caller.h"
#include "net/request.h"

namespace gatehouse::handlers {

// Any dialect's credential header is taken; two different credentials are refused, and so are two
// different clients. `claimed` is what the body says, empty when it says nothing.
core::Result<core::Caller> identify(const net::Request& request, std::string_view claimed);

}  // namespace gatehouse::handlers
