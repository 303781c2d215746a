// Which file a path leads to: tells whether the one that is open has been moved away, deleted or
// replaced. Functions without state; any thread.
#pragma once

#include <optional>
#include <string>

#include <sys/stat.h>

struct FileIdentity {
  explicit FileIdentity(const struct stat& file) : device(file.st_dev), inode(file.st_ino) {}
  bool operator==(const FileIdentity& other) const { return device == other.device && inode == other.inode; }
  dev_t device;
  ino_t inode;
};

// nullopt when there is no file at path.
inline std::optional<FileIdentity> identity_at(const std::string& path) {
  struct stat file;
  if (::stat(path.c_str(), &file) != 0) return std::nullopt;
  return FileIdentity(file);
}
