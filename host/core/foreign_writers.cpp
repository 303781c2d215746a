#include "core/foreign_writers.h"

#include <grp.h>
#include <pwd.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <array>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <memory>
#include <optional>
#include <string>

namespace gatehouse::core {

namespace fs = std::filesystem;

namespace {

constexpr int kMostLinks = 40;  // as the kernel's own

// Within a user namespace, whoever has no user there is seen as this one; real root is among them.
bool is_outside(uid_t user) {
  constexpr uid_t kOverflow = 65534;
  constexpr std::uint64_t kEverybody = 4294967295;
  std::ifstream map("/proc/self/uid_map");
  std::uint64_t inside = 0, outside = 0, count = kEverybody;
  map >> inside >> outside >> count;
  return user == kOverflow && count != kEverybody;
}

// Under sudo, the user who called it is one of us: the checkout is likely to be that user's.
bool is_ours(uid_t user) {
  if (user == 0 || user == ::geteuid() || is_outside(user)) return true;
  const char* caller = ::geteuid() == 0 ? std::getenv("SUDO_UID") : nullptr;
  return caller != nullptr && std::to_string(user) == caller;
}

bool is_ours(const char* name) {
  std::array<char, 4096> space;
  passwd entry{};
  passwd* found = nullptr;
  return ::getpwnam_r(name, &entry, space.data(), space.size(), &found) == 0 && found != nullptr &&
         is_ours(found->pw_uid);
}

// Whose first group it is; only the local file is read, a directory service may hold millions.
bool has_foreign_users(gid_t group) {
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen("/etc/passwd", "re"), &std::fclose);
  std::array<char, 4096> space;
  passwd entry{};
  passwd* found = nullptr;
  while (file && ::fgetpwent_r(file.get(), &entry, space.data(), space.size(), &found) == 0) {
    if (entry.pw_gid == group && !is_ours(entry.pw_uid)) return true;
  }
  return false;
}

bool is_shared(gid_t group) {
  if (group == 0) return false;
  std::array<char, 16384> space;
  struct group entry {};
  struct group* found = nullptr;
  if (::getgrgid_r(group, &entry, space.data(), space.size(), &found) != 0) return true;  // too many to list
  for (char** name = found == nullptr ? nullptr : found->gr_mem; name != nullptr && *name != nullptr; ++name) {
    if (!is_ours(*name)) return true;
  }
  return has_foreign_users(group);
}

bool is_read_only(const fs::path& path) {
  struct statvfs system {};
  return ::statvfs(path.c_str(), &system) == 0 && (system.f_flag & ST_RDONLY) != 0;
}

std::string quoted(const fs::path& path) { return "'" + path.string() + "'"; }

// Who may write here besides us, and how to end that; nothing when nobody may.
std::optional<std::string> writers(const fs::path& at, const struct stat& info) {
  if ((info.st_mode & S_IWOTH) != 0) return "everybody may write; run: chmod o-w " + quoted(at);
  if ((info.st_mode & S_IWGRP) != 0 && is_shared(info.st_gid)) {
    return "group " + std::to_string(info.st_gid) + " may write; run: chmod g-w " + quoted(at);
  }
  return std::nullopt;
}

// Goes down from the root, one name after the other, and through symbolic links.
class Walk {
 public:
  explicit Walk(const fs::path& path) : path_(path) {}

  Status run() {
    GH_TRY(down("/", fs::absolute(path_).lexically_relative("/")));
    struct stat info {};
    if (::stat(path_.c_str(), &info) != 0 || !(S_ISREG(info.st_mode) || S_ISDIR(info.st_mode))) return {};
    const auto who = writers(path_, info);
    return who && !is_read_only(path_) ? refuse(path_, *who) : Status();
  }

 private:
  // REQUIRES: `folder` holds no symbolic links.
  Status down(fs::path folder, const fs::path& rest) {
    for (auto name = rest.begin(); name != rest.end(); ++name) {
      if (name->empty() || *name == ".") continue;
      if (*name == "..") {
        folder = folder.parent_path();
        continue;
      }
      const fs::path entry = folder / *name;
      struct stat above {
      }, info{};
      if (::stat(folder.c_str(), &above) != 0 || ::lstat(entry.c_str(), &info) != 0) return {};
      GH_TRY(check(folder, above, entry, info));
      if (!S_ISLNK(info.st_mode)) {
        folder = entry;
        continue;
      }
      std::error_code error;
      fs::path target = fs::read_symlink(entry, error);
      if (error || ++links_ > kMostLinks) return {};
      for (++name; name != rest.end(); ++name) target /= *name;
      return target.is_absolute() ? down("/", target.lexically_relative("/")) : down(folder, target);
    }
    return {};
  }

  // Whether others may put something else in the place of `entry`, or own what it is.
  Status check(const fs::path& folder, const struct stat& above, const fs::path& entry, const struct stat& info) const {
    const bool ours = is_ours(info.st_uid);
    const bool kept = (above.st_mode & S_ISVTX) != 0 && ours;  // by the sticky bit: only its owner may rename it
    const auto who = kept ? std::nullopt : writers(folder, above);
    if (who && !is_read_only(folder)) return refuse(folder, *who);
    if (ours || S_ISLNK(info.st_mode) || is_read_only(entry)) return {};
    return refuse(entry, "it belongs to user " + std::to_string(info.st_uid) + "; run: chown " +
                             std::to_string(::geteuid()) + " " + quoted(entry));
  }

  Status refuse(const fs::path& where, const std::string& why) const {
    const std::string what = where == path_ ? quoted(path_) : quoted(path_) + ", through " + quoted(where);
    return {Code::config, "others may change " + what + ": " + why +
                              ", or say `plugins: { allow_writable: true }` where that is intended"};
  }

  const fs::path path_;
  int links_ = 0;
};

}  // namespace

Status no_foreign_writers(const fs::path& path) { return Walk(path).run(); }

}  // namespace gatehouse::core
