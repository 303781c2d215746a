// One field of a head as its line. Whatever its value contains, it stays one field: CR, LF and NUL become blanks.
// Safe from any thread.
#pragma once

#include <string>
#include <string_view>

namespace gatehouse::net {

void append_field(std::string& out, std::string_view name, std::string_view value);
void append_clean(std::string& out, std::string_view text);  // a part of a line

}  // namespace gatehouse::net
