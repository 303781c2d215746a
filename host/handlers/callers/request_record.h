// A record as a request begins it: what is known of it before its body is read. A function without state; any thread.
#pragma once

#include <string>
#include <string_view>

#include "core/address_ranges.h"
#include "core/record/record.h"
#include "net/front/request.h"

namespace gatehouse::handlers {

// id: the request's for both sides. REQUIRES: route and dialect outlive the record.
core::Record record_of(const net::Request& request, const std::string& id, std::string_view route,
                       std::string_view dialect, const core::AddressRanges& trusted_proxies);

}  // namespace gatehouse::handlers
