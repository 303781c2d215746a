// What a caller says of its request besides the chat, by name: the tags that `limits` count by. Functions without
// state; any thread.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/status.h"

namespace gatehouse::core {

using Tags = std::vector<std::pair<std::string, std::string>>;  // names and values

inline constexpr std::size_t kMostTag = 128;  // bytes of a value

// Those of the names that the request has: from the body's `metadata` (raw JSON; empty: none), else from the header
// x-gatehouse-tags ("project=alpha, env=ci"), for agents that cannot change their bodies. invalid_request: a value is
// no string of 1 to kMostTag bytes of UTF-8 without control characters. Other members and names are passed over.
Result<Tags> read_tags(std::span<const std::string> names, std::string_view header, std::string_view metadata);

}  // namespace gatehouse::core
