// What stands for something else in configuration values: ${NAME} and ${NAME:-default} for environment variables,
// ${file:PATH} for what a file holds, and $$ for a plain $.
// Values; thread-safe as long as nobody calls setenv.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "config/yaml/value_files.h"
#include "core/status.h"

namespace gatehouse::config {

// Looks a variable up; nullopt when it is not set.
using Environment = std::function<std::optional<std::string>(const std::string& name)>;

const Environment& process_environment();

// A failure's message says what is wrong, and nothing of what any variable or file holds.
core::Result<std::string> expand(std::string_view text, const Environment& environment, ValueFiles& files);

}  // namespace gatehouse::config
