// A place among the lines of a report, as text of letters, digits, '-' and '_'. Thread-safe.
#pragma once

#include <optional>
#include <string>

#include "store/books/usage_pages.h"

namespace gatehouse::store {

// Where the next page begins; empty: this is the last one.
std::string usage_cursor(const UsagePage& page);

// Nothing: the text is no cursor. It comes from outside: the place may be one at which no line stands.
std::optional<UsagePlace> usage_place(const std::string& cursor);

}  // namespace gatehouse::store
