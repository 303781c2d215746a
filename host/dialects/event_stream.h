// Writes server-sent events. Only comments, event and data lines: clients are known to stumble over id and retry.
// Functions without state; any thread.
#pragma once

#include <string>
#include <string_view>

namespace gatehouse::dialects {

// An event with a name; its data and the blank line after it are the caller's.
inline void begin_event(std::string& out, std::string_view name) {
  out.append("event: ").append(name).append("\ndata: ");
}

inline constexpr std::string_view kDone = "data: [DONE]\n\n";

}  // namespace gatehouse::dialects
