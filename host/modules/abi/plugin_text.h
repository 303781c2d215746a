// Text that a plugin wrote, made safe to keep, print and send: bounded, valid UTF-8, on one line.
// Functions without state; any thread.
#pragma once

#include <cstddef>
#include <string>

namespace gatehouse::modules {

// At most `limit` bytes of text, up to the first NUL. Where it is not UTF-8 its bytes beyond ASCII
// become '?', and control characters become spaces. NULL is empty.
std::string plugin_text(const char* text, std::size_t limit);

}  // namespace gatehouse::modules
