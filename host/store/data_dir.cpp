#include "store/data_dir.h"

#include <filesystem>

namespace gatehouse::store {

core::Status make_data_dir(const std::string& folder) {
  std::error_code error;
  if (std::filesystem::is_directory(folder, error)) return {};
  std::filesystem::create_directories(folder, error);
  if (error) return {core::Code::config, "cannot create data_dir " + folder + ": " + error.message()};
  std::filesystem::permissions(folder, std::filesystem::perms::owner_all, error);
  return {};
}

}  // namespace gatehouse::store
