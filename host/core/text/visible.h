// A text that somebody else chose, as a person may see it on a terminal: what would move, hide or turn around other
// text is written out. Functions without state; any thread.
#pragma once

#include <string>
#include <string_view>

namespace gatehouse::core {

// "\n" becomes "\u{A}", a right-to-left override "\u{202E}", a byte that is no UTF-8 "\x{FF}", and a backslash two.
std::string visible(std::string_view text);

}  // namespace gatehouse::core
