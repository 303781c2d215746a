// Looks at a plugin file before the dynamic linker does: the linker trusts a file's headers, and one
// that was cut short kills the process (SIGBUS) instead of failing. Functions; any thread.
#pragma once

#include <filesystem>
#include <string>

#include "core/status.h"

namespace gatehouse::modules {

// A failure has Code::config and says what the file is and what this gateway loads.
// `shown` is what messages call the file.
core::Status check_image(const std::filesystem::path& file, const std::string& shown);

// Says what in the file most likely keeps its image in memory after it was closed.
std::string why_it_stays(const std::filesystem::path& file);

}  // namespace gatehouse::modules
