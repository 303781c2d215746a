// Who sends a request: from its credential, its x-client-id header and its body.
// Functions without state; any thread.
#pragma once

#include <string_view>

#include "config/settings.h"
#include "core/request/caller.h"
#include "core/request/chat_request.h"
#include "limits/ledger.h"
#include "net/front/request.h"
#include "store/keys/key_ring.h"

namespace gatehouse::handlers {

// Finds the key that the request carries, in any dialect's header; the client is not known yet. Needs nothing of the
// body. Two different credentials are refused, and so is one that gives no access (see config::Auth).
core::Result<core::Caller> authenticate(const net::Request& request, config::Auth auth, const store::KeyRing& keys);

// Adds the client to the caller: the key's, else the client that the header or the body (`claimed`) names. Two
// different clients are refused.
core::Status identify(const net::Request& request, std::string_view claimed, core::Caller& caller);

// Adds the tags that `limits` speak of to the caller.
core::Status read_tags(const limits::Ledger& ledger, const net::Request& request, const core::ChatRequest& question,
                       core::Caller& caller);

}  // namespace gatehouse::handlers
