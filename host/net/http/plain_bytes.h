// Finds the first control character in bytes of HTTP: in a head there are next to none.
// Functions without state; any thread.
#pragma once

#include <cstddef>
#include <string_view>

#include "core/text/plain_bytes.h"

namespace gatehouse::net {

constexpr char kDel = 0x7f;

constexpr bool is_control(char c) { return core::is_special<kDel>(c); }

// How many bytes come before the first control character.
inline std::size_t plain_length(std::string_view text) { return core::plain_length<kDel>(text); }

}  // namespace gatehouse::net
