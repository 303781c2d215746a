// The credential in an authorization field. A function without state; any thread.
#pragma once

#include <string_view>

namespace gatehouse::handlers {

// What follows "Bearer", in any case (RFC 9110, section 11.1), and blanks; empty for any other scheme.
std::string_view bearer(std::string_view authorization);

}  // namespace gatehouse::handlers
