// The bytes of server-sent events. Only comments, event and data lines: clients are known to
// stumble over id and retry.
#pragma once

#include <string>
#include <string_view>

namespace gatehouse::dialects {

// REQUIRES: data holds no line break, which JSON text never does when we wrote it.
inline void append_event(std::string& out, std::string_view data) { out.append("data: ").append(data).append("\n\n"); }

// An event with a name; its data and the blank line after it are the caller's.
inline void begin_event(std::string& out, std::string_view name) {
  out.append("event: ").append(name).append("\ndata: ");
}

inline constexpr std::string_view kDone = "data: [DONE]\n\n";

}  // namespace gatehouse::dialects
