// What identifies a plugin file: its bytes, not its name or its age. Any thread.
#pragma once

#include <filesystem>
#include <string>

#include "core/status.h"

namespace gatehouse::modules {

// SHA-256 of the file's contents as 64 hex digits.
core::Result<std::string> sha256_of(const std::filesystem::path& file);

}  // namespace gatehouse::modules
