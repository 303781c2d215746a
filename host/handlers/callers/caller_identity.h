// Who sends a request: from its credential, its x-client-id header and its body.
// Functions without state; any thread.
#pragma once

#include <string_view>

#include "core/request/caller.h"
#include "handlers/callers/services.h"
#include "net/front/request.h"

namespace gatehouse::handlers {

// Whose credential the request carries, in any dialect's header; its client is not known yet. Needs
// nothing of the body. Two different credentials are refused, and so is one that does not let in.
core::Result<core::Caller> authenticate(const net::Request& request, const CallerServices& services);

// Completes the caller with its client: its key's, else what the header or the body says (`claimed`,
// empty when it says nothing). Two different clients are refused.
core::Status identify(const net::Request& request, std::string_view claimed, core::Caller& caller);

}  // namespace gatehouse::handlers
