// An absolute http or https URL, taken apart. Strict: what could make two readers disagree about
// where a request goes (user info, control bytes, stray backslashes) is refused, not repaired.
// Values; the views point into the text that was parsed.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/status.h"

namespace gatehouse::net {

struct Url {
  bool tls = false;
  std::string_view origin;     // "https://host:port" as written
  std::string_view authority;  // "host:port" as written, for the Host header and for messages
  std::string_view host;       // an IPv6 address comes without its brackets
  std::uint16_t port = 0;
  std::string_view target;  // path and query; "/" where the URL has none
};

// The failure never repeats the URL: it may carry a secret.
core::Result<Url> parse_url(std::string_view text);

}  // namespace gatehouse::net
