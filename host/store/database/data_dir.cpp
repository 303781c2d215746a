#include "store/database/data_dir.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <thread>
#include <utility>

namespace gatehouse::store {

using core::Code;
using core::Result;
using core::Status;

namespace {

constexpr std::chrono::milliseconds kLookAgain{20};

}  // namespace

Status make_data_dir(const std::string& folder) {
  std::error_code error;
  if (std::filesystem::is_directory(folder, error)) return {};
  std::filesystem::create_directories(folder, error);
  if (error) return {Code::config, "cannot create data_dir " + folder + ": " + error.message()};
  std::filesystem::permissions(folder, std::filesystem::perms::owner_all, error);
  return {};
}

Result<DataDirLock> DataDirLock::take(const std::string& folder, std::chrono::milliseconds wait) {
  const auto until = std::chrono::steady_clock::now() + wait;
  const std::string path = (std::filesystem::path(folder) / "gatehouse.lock").string();
  core::Descriptor file(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, S_IRUSR | S_IWUSR));
  if (!file.valid()) return Status(Code::config, "cannot open " + path + ": " + std::strerror(errno));
  while (::flock(file.get(), LOCK_EX | LOCK_NB) != 0) {
    if (errno == EINTR) continue;
    if (errno == EWOULDBLOCK && std::chrono::steady_clock::now() < until) {
      std::this_thread::sleep_for(kLookAgain);
      continue;
    }
    if (errno != EWOULDBLOCK) return Status(Code::config, "cannot lock " + path + ": " + std::strerror(errno));
    return Status(Code::config, "another gateway is using data_dir " + folder +
                                    "; give this one a data_dir of its own, stop the other first, or "
                                    "take over from it with --take-over");
  }
  return DataDirLock(std::move(file));
}

}  // namespace gatehouse::store
