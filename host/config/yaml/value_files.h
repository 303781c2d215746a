// Files that hold a value of the configuration, as ${file:PATH} names them: secrets that a mount or a vault brings, read
// anew at each load. One load, one thread.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "core/status.h"

namespace gatehouse::config {

class ValueFiles {
 public:
  static constexpr std::size_t kLargest = 64u << 10;  // bytes

  // folder: what relative paths begin at.
  explicit ValueFiles(std::filesystem::path folder = {}) : folder_(std::move(folder)) {}

  // What the file holds, without the end of its last line. A failure (Code::config) names the file and nothing in it:
  // it cannot be read, is no regular file, is empty or too large, or holds a control character. A file that everybody
  // may read is warned of in the log.
  core::Result<std::string> read(std::string_view path);

  const std::vector<std::filesystem::path>& all() const { return all_; }  // that were read

 private:
  std::filesystem::path folder_;
  std::vector<std::filesystem::path> all_;
};

}  // namespace gatehouse::config
