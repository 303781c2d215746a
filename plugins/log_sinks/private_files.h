// The files and folders that sinks make: for the gateway's own user alone, and on trial none at all.
// Functions without state; any thread.
#pragma once

#include <cerrno>
#include <filesystem>
#include <string>
#include <system_error>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <gatehouse/error.hpp>

// Makes what is missing of the folders. Whoever then opens a file there says what failed.
inline void make_private_folders(const std::filesystem::path& folder) {
  std::error_code error;
  if (folder.empty() || std::filesystem::exists(folder, error)) return;
  make_private_folders(folder.parent_path());
  ::mkdir(folder.c_str(), 0700);
}

// Makes an empty file where there is none.
inline void make_private_file(const std::string& path) {
  make_private_folders(std::filesystem::path(path).parent_path());
  const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (file >= 0) ::close(file);
}

// Throws Error(GH_ECONFIG) when the file could not be opened for writing, or made with the folders that are missing.
inline void require_writable(const std::string& path) {
  namespace fs = std::filesystem;
  const auto refuse = [&path](const std::string& why) {
    throw gatehouse::Error(GH_ECONFIG, "cannot open " + path + ": " + why);
  };
  const auto reason = [] { return std::generic_category().message(errno); };
  if (path.empty()) throw gatehouse::Error(GH_ECONFIG, "cannot open a file without a path");
  struct stat status;
  if (::stat(path.c_str(), &status) == 0) {
    if (!S_ISREG(status.st_mode))
      throw gatehouse::Error(GH_ECONFIG, path + " is not a regular file; choose another path");
    if (::access(path.c_str(), R_OK | W_OK) != 0) refuse(reason());
    return;
  }
  if (errno != ENOENT) refuse(reason());
  std::error_code error;
  fs::path folder = fs::absolute(path, error).parent_path();
  while (!fs::exists(folder, error) && !error && folder.has_relative_path()) folder = folder.parent_path();
  if (!fs::is_directory(folder, error)) refuse(folder.string() + " is not a folder");
  if (::access(folder.c_str(), W_OK | X_OK) != 0) refuse("in " + folder.string() + ": " + reason());
}
