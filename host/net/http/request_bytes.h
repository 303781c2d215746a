// An upstream request as the bytes that go out. Pure functions, safe from any thread.
#pragma once

#include <string>

#include "core/status.h"
#include "core/transport.h"
#include "net/http/url.h"

namespace gatehouse::net {

struct RequestBytes {
  std::string first;      // the head, with a small body right behind it
  std::string_view rest;  // a larger body, uncopied
};

// Refuses a method, a header name or a value that could end its line, and headers that are ours
// to write. A failure names the header, never its value.
core::Result<RequestBytes> request_bytes(const core::UpstreamRequest& request, const Url& url);

}  // namespace gatehouse::net
