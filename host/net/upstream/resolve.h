// Host names to addresses, as patient as the rest of a call: the system's resolver can neither be
// told a time limit nor be woken, so it runs on a thread of its own, which is left behind when
// the wait ends first. Thread-safe.
#pragma once

#include <Poco/Net/SocketAddress.h>

#include <vector>

#include "core/status.h"
#include "net/http/url.h"
#include "net/upstream/deadlines.h"

namespace gatehouse::net {

// Never empty; an address literal is taken as it is. Ends with the present phase of `deadlines`.
core::Result<std::vector<Poco::Net::SocketAddress>> resolve(const Url& url, Deadlines& deadlines);

}  // namespace gatehouse::net
