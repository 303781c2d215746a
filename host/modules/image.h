// Looks at a plugin file before the dynamic linker does: the linker trusts a file's headers, and one
// that was cut short kills the process (SIGBUS) instead of failing. Functions; any thread.
#pragma once

#include <filesystem>

#include "core/status.h"

namespace gatehouse::modules {

// A failure has Code::config and says what the file is and what this gateway loads.
core::Status check_image(const std::filesystem::path& file);

}  // namespace gatehouse::modules
