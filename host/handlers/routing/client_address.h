// Whose address a request comes from: the connection's, or the one that a trusted proxy names for it. A stranger's word
// is never believed. Functions without state; any thread.
#pragma once

#include <string>

#include "core/address_ranges.h"
#include "net/front/request.h"

namespace gatehouse::handlers {

// Read from the right, the first address that no trusted proxy has: of X-Forwarded-For, or of Forwarded (RFC 7239)
// where there is no other. An entry that is no address ends the way, and so do two fields that disagree: then it is
// the last address that is certain.
std::string client_address(const net::Request& request, const core::AddressRanges& trusted_proxies);

}  // namespace gatehouse::handlers
