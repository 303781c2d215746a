// Environment variables in configuration values: ${NAME}, ${NAME:-default}, and $$ for a plain $.
// Values; thread-safe as long as nobody calls setenv.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "core/status.h"

namespace gatehouse::config {

// Looks a variable up; nullopt when it is not set.
using Environment = std::function<std::optional<std::string>(const std::string& name)>;

const Environment& process_environment();

// A failure's message says what is wrong, and nothing of what any variable holds.
core::Result<std::string> expand(std::string_view text, const Environment& environment);

}  // namespace gatehouse::config
