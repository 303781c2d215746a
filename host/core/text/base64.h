// Base64 (RFC 4648 section 4), padded. Functions without state; any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace gatehouse::core {

std::string base64(std::string_view bytes);

// nullopt when text is not base64 from end to end.
std::optional<std::string> from_base64(std::string_view text);

}  // namespace gatehouse::core
