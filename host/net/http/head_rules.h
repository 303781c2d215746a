// The rules for a request's head that go beyond its grammar: what makes its meaning certain.
// Pure functions, safe from any thread.
#pragma once

#include <strings.h>

#include <string_view>
#include <vector>

#include "core/status.h"
#include "net/http/request_reader.h"

namespace gatehouse::net {

struct Head {
  std::string_view method;
  std::string_view target;
  int version = 0;
  const std::vector<Field>& fields;
};

// Checks the request line: three parts with one blank between them, and nothing in the target that no URL may hold.
// What the parts mean is not looked at.
core::Status check_request_line(std::string_view line);

// Checks Host, Content-Length, Transfer-Encoding and Expect: each at most once, with one meaning only. Fields that say
// who asks, and in what format, come at most once too: somebody in front may have looked at the other.
core::Status check_head(const Head& head);

// The path and query of a request-target in origin, absolute or asterisk form; empty: neither.
std::string_view path_of(std::string_view target);

// Whether the request line ends in a well-formed version, known or not.
bool names_http_version(std::string_view request_line);

inline bool iequals(std::string_view a, std::string_view b) {  // ASCII
  return a.size() == b.size() && ::strncasecmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace gatehouse::net
