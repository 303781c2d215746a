#include "modules/staging/staging.h"

#include <Poco/Logger.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

#include "modules/abi/image.h"
#include "modules/staging/file_hash.h"

namespace gatehouse::modules {

namespace fs = std::filesystem;
using core::Code;
using core::Descriptor;
using core::Result;
using core::Status;

namespace {

Status failed(const std::string& what, const fs::path& where) {
  return {Code::config, what + " " + where.string() + ": " + std::strerror(errno)};
}

Descriptor open_folder(const fs::path& folder) {
  return Descriptor(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
}

// Deletes the folders of processes that are gone: those whose lock nobody holds. REQUIRES: the root is locked.
void sweep(const fs::path& root) {
  std::error_code error;
  for (const fs::directory_entry& entry : fs::directory_iterator(root, error)) {
    const Descriptor folder = open_folder(entry.path());
    if (!folder.valid() || ::flock(folder.get(), LOCK_EX | LOCK_NB) != 0) continue;
    fs::remove_all(entry.path(), error);
  }
}

// Whether code in this folder may be executed at all: many systems mount /tmp and /run noexec.
Status check_executable(const fs::path& folder) {
  const fs::path probe = folder / "probe";
  const Descriptor file(::open(probe.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0700));
  if (!file.valid() || ::ftruncate(file.get(), 1) != 0) return failed("cannot write to", folder);
  void* page = ::mmap(nullptr, 1, PROT_READ | PROT_EXEC, MAP_PRIVATE, file.get(), 0);
  const int why = errno;
  ::unlink(probe.c_str());
  if (page == MAP_FAILED) {
    return {Code::config, folder.string() + " does not let code run (" + std::strerror(why) +
                              "), most likely because it is mounted noexec; plugins are loaded from there, so set "
                              "data_dir to a folder on another file system"};
  }
  ::munmap(page, 1);
  return {};
}

bool same_version(const struct stat& a, const struct stat& b) {
  return a.st_dev == b.st_dev && a.st_ino == b.st_ino && a.st_size == b.st_size &&
         a.st_mtim.tv_sec == b.st_mtim.tv_sec && a.st_mtim.tv_nsec == b.st_mtim.tv_nsec;
}

bool write_all(int to, const char* bytes, std::size_t size) {
  while (size > 0) {
    const ssize_t n = ::write(to, bytes, size);
    if (n < 0 && errno != EINTR) return false;
    if (n > 0) {
      bytes += n;
      size -= static_cast<std::size_t>(n);
    }
  }
  return true;
}

// Copies to the end of the file and returns the SHA-256 of what was copied.
Result<std::string> copy_and_hash(int from, const fs::path& source, int to, const fs::path& target) {
  Sha256 hash;
  std::array<char, 64 << 10> block;
  while (true) {
    const ssize_t n = ::read(from, block.data(), block.size());
    if (n == 0) return hash.hex();
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return failed("cannot read", source);
    hash.add(block.data(), static_cast<std::size_t>(n));
    if (!write_all(to, block.data(), static_cast<std::size_t>(n))) return failed("cannot write", target);
  }
}

}  // namespace

StagedFile::StagedFile(fs::path path, fs::path origin, std::string sha256, std::shared_ptr<Leftovers> leftovers)
    : path_(std::move(path)),
      origin_(std::move(origin)),
      sha256_(std::move(sha256)),
      leftovers_(std::move(leftovers)) {}

StagedFile::~StagedFile() {
  if (!is_mapped(path_)) {
    std::error_code gone;
    fs::remove(path_, gone);
    return;
  }
  const std::string why = kept_because_.empty() ? why_it_stays(path_) : kept_because_;
  if (kept_because_.empty()) {
    Poco::Logger::get("gatehouse")
        .warning(origin_.string() + " (" + sha256_.substr(0, 12) + ") is no longer used but stays in memory: " + why);
  }
  leftovers_->add({origin_.string(), sha256_, why}, path_);
}

Result<std::shared_ptr<Module>> load_copy(const std::shared_ptr<StagedFile>& copy, std::string shown) {
  Result<std::shared_ptr<Module>> module = Module::load(copy->path(), std::move(shown), copy);
  if (module.ok()) copy->kept_because_ = (*module)->kept_because();
  return module;
}

Result<std::unique_ptr<Staging>> Staging::open(const fs::path& root) {
  std::error_code error;
  fs::create_directories(root, error);
  if (error) return Status(Code::config, "cannot create " + root.string() + ": " + error.message());
  const Descriptor guard = open_folder(root);
  if (!guard.valid() || ::fchmod(guard.get(), 0700) != 0 || ::flock(guard.get(), LOCK_EX) != 0) {
    return failed("cannot take possession of", root);
  }
  sweep(root);
  // Absolute, so that the loader finds the copies also after a change of directory.
  const fs::path folder = fs::canonical(root, error) / std::to_string(::getpid());
  // A second gateway within this process may exist for a moment, as in `check`; it gets a folder of its own.
  for (int n = 1; n < 100; ++n) {
    const fs::path own = n == 1 ? folder : fs::path(folder.string() + "-" + std::to_string(n));
    if (::mkdir(own.c_str(), 0700) != 0) {
      if (errno == EEXIST) continue;
      return failed("cannot create", own);
    }
    Descriptor lock = open_folder(own);
    if (!lock.valid() || ::flock(lock.get(), LOCK_EX | LOCK_NB) != 0) return failed("cannot lock", own);
    std::unique_ptr<Staging> staging(new Staging(own, std::move(lock)));
    GH_TRY(check_executable(own));
    return staging;
  }
  return Status(Code::config, folder.string() + " and 99 more like it are in use; delete them");
}

Staging::~Staging() {
  std::error_code gone;
  fs::remove_all(folder_, gone);
}

Result<std::shared_ptr<StagedFile>> Staging::stage(const fs::path& file) {
  const Descriptor from(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
  struct stat before {};
  if (!from.valid() || ::fstat(from.get(), &before) != 0) return failed("cannot read", file);
  const fs::path copy = folder_ / (file.stem().string() + "-" + std::to_string(++staged_) + ".so");
  const Descriptor to(::open(copy.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0500));
  if (!to.valid()) return failed("cannot create", copy);
  Result<std::string> sha256 = copy_and_hash(from.get(), file, to.get(), copy);
  if (!sha256.ok()) {
    ::unlink(copy.c_str());
    return sha256.status();
  }
  auto staged = std::make_shared<StagedFile>(copy, file, *std::move(sha256), leftovers_);
  // Looks the name up again, to notice also a file that was moved into its place.
  struct stat after {};
  if (::stat(file.c_str(), &after) != 0 || !same_version(before, after)) {
    return Status(Code::config, file.string() + " changed while it was being read; try again once it is complete");
  }
  return staged;
}

}  // namespace gatehouse::modules
