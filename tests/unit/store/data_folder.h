// A data_dir of a test's own, gone afterwards.
#pragma once

#include <filesystem>
#include <string>

#include "core/text/identifier.h"

namespace gatehouse::store {

class DataFolder {
 public:
  DataFolder() : path_(std::filesystem::temp_directory_path() / ("gatehouse-" + core::random_hex(8))) {
    std::filesystem::create_directory(path_);
  }
  DataFolder(const DataFolder&) = delete;
  DataFolder& operator=(const DataFolder&) = delete;
  ~DataFolder() { std::filesystem::remove_all(path_); }

  std::string text() const { return path_.string(); }
  std::filesystem::path file(const std::string& name) const { return path_ / name; }

 private:
  std::filesystem::path path_;
};

}  // namespace gatehouse::store
