// Reads the files that a configuration names, bounded. Functions without state; any thread.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <filesystem>
#include <string>

#include "core/status.h"

namespace gatehouse::config {

struct RegularFile {
  std::string text;
  mode_t mode = 0;
  std::int64_t modified = 0;  // Unix time in seconds
};

// A failure (Code::config) names the file: it cannot be read, is no regular file, or has more than `most` bytes, which
// too_large says in words.
core::Result<RegularFile> read_regular_file(const std::filesystem::path& file, std::size_t most, const char* too_large);

// "the file PATH WHY"
core::Status wrong_file(const std::filesystem::path& file, const std::string& why);

}  // namespace gatehouse::config
