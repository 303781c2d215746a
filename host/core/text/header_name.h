// Names of HTTP's header fields (RFC 9110, 5.1): any case of a letter is the same. Functions without state; any thread.
#pragma once

#include <string_view>

namespace gatehouse::core {

bool is_header_name(std::string_view text);  // a token: of a method too
bool same_header(std::string_view name, std::string_view other);

// Fields that frame a request or concern its connection: whoever sends it writes them, and nobody else may.
bool frames_request(std::string_view name);

}  // namespace gatehouse::core
