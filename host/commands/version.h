// Which gatehouse this is. Any thread.
#pragma once

#include <string_view>

namespace gatehouse::commands {

// "0.1.0 (15f6b78c2a11)"; the commit is left out where the build could not know it.
std::string_view version();

}  // namespace gatehouse::commands
