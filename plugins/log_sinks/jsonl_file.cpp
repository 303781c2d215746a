#include "jsonl_file.h"

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <system_error>
#include <vector>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "file_identity.h"
#include "private_files.h"
#include "utc_stamp.h"

using gatehouse::Error;
namespace fs = std::filesystem;

namespace {

// Returns 0, or the errno of what went wrong.
int write_all(int fd, const std::string& text) {
  std::size_t done = 0;
  while (done < text.size()) {
    const ssize_t written = ::write(fd, text.data() + done, text.size() - done);
    if (written >= 0)
      done += static_cast<std::size_t>(written);
    else if (errno != EINTR)
      return errno;
  }
  return 0;
}

}  // namespace

// Unlocks at the end of a scope.
class JsonlFile::Lock {
 public:
  explicit Lock(JsonlFile& file) : file_(file) { file_.lock(); }
  ~Lock() { file_.unlock(); }
  Lock(const Lock&) = delete;
  Lock& operator=(const Lock&) = delete;

 private:
  JsonlFile& file_;
};

JsonlFile::Descriptor::~Descriptor() {
  if (fd_ >= 0) ::close(fd_);
}

JsonlFile::JsonlFile(Options options, gatehouse::Host host) : options_(std::move(options)), host_(host) {
  if (host_.on_trial()) {
    require_writable(options_.path);
    return;
  }
  try {
    file_ = open();
  } catch (const Error& error) {
    throw Error(GH_ECONFIG, error.message());
  }
}

void JsonlFile::append(const std::string& lines) {
  Lock lock(*this);
  const auto full = static_cast<off_t>(std::min<std::uint64_t>(options_.rotate_at, INT64_MAX));
  if (size() > 0 && size() + static_cast<off_t>(lines.size()) > full) rotate();

  const off_t before = end_of_last_line();
  if (before != size() && ::ftruncate(file_.get(), before) != 0) throw failure("cannot mend");
  if (const int error = write_all(file_.get(), lines); error != 0) {
    // Should this fail as well, the next append() finds the half line.
    const bool undone = ::ftruncate(file_.get(), before) == 0;
    errno = error;
    throw failure(undone ? "cannot write to" : "cannot write to, nor undo in,");
  }
}

void JsonlFile::sync() {
  if (options_.durable && ::fdatasync(file_.get()) != 0) throw failure("cannot sync");
}

JsonlFile::Descriptor JsonlFile::open() const {
  const fs::path folder = fs::path(options_.path).parent_path();
  make_private_folders(folder);
  Descriptor file(::open(options_.path.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC | O_NONBLOCK, 0600));
  struct stat status;
  if (file.get() < 0 || ::fstat(file.get(), &status) != 0) throw failure("cannot open");
  if (!S_ISREG(status.st_mode)) throw Error(GH_ERETRY, options_.path + " is not a regular file; choose another path");
  if (options_.durable && !folder.empty()) {
    const Descriptor entry(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (::fsync(entry.get()) != 0) throw failure("cannot sync the folder of");
  }
  return file;
}

// Until unlock(), file_ is what the path leads to, and only we write to it.
void JsonlFile::lock() {
  for (;;) {
    if (::flock(file_.get(), LOCK_EX | LOCK_NB) != 0) throw failure("cannot lock");
    if (is_at_path()) return;
    file_ = open();
  }
}

void JsonlFile::unlock() { ::flock(file_.get(), LOCK_UN); }

bool JsonlFile::is_at_path() const {
  struct stat status;
  return ::fstat(file_.get(), &status) == 0 && identity_at(options_.path) == FileIdentity(status);
}

off_t JsonlFile::size() const {
  struct stat status;
  if (::fstat(file_.get(), &status) != 0) throw failure("cannot read the size of");
  return status.st_size;
}

// The size without a half line at the end, left there by a writer that was killed.
off_t JsonlFile::end_of_last_line() const {
  char block[4096];
  off_t end = size();
  while (end > 0) {
    const off_t begin = std::max<off_t>(0, end - static_cast<off_t>(sizeof block));
    const ssize_t got = ::pread(file_.get(), block, static_cast<std::size_t>(end - begin), begin);
    if (got != end - begin) throw failure("cannot read");
    for (; end > begin; --end) {
      if (block[end - begin - 1] == '\n') return end;
    }
  }
  return 0;
}

// REQUIRES: locked. Where it fails the file simply goes on growing.
void JsonlFile::rotate() {
  std::string aside = options_.path + "." + utc_stamp();
  while (fs::exists(fs::symlink_status(aside))) aside = options_.path + "." + utc_stamp();
  if (::rename(options_.path.c_str(), aside.c_str()) != 0) {
    host_.log(GH_LOG_WARNING, failure("cannot rotate").message());
    return;
  }
  const Descriptor old = std::exchange(file_, open());
  // Whom the operator lets read the file may read the next one.
  if (struct stat status; ::fstat(old.get(), &status) == 0) (void)::fchmod(file_.get(), status.st_mode & 07777);
  if (options_.durable && ::fdatasync(old.get()) != 0) host_.log(GH_LOG_WARNING, failure("cannot sync").message());
  lock();
  remove_oldest();
}

void JsonlFile::remove_oldest() const {
  if (options_.keep == 0) return;
  const fs::path path(options_.path);
  const std::string prefix = path.filename().string() + ".";
  std::vector<fs::path> rotated;
  std::error_code error;
  for (const fs::directory_entry& entry :
       fs::directory_iterator(path.has_parent_path() ? path.parent_path() : ".", error)) {
    const std::string name = entry.path().filename().string();
    if (name.size() == prefix.size() + utc_stamp().size() && name.starts_with(prefix) &&
        name.back() == 'Z') {
      rotated.push_back(entry.path());
    }
  }
  std::sort(rotated.begin(), rotated.end());
  for (std::size_t i = 0; i + options_.keep < rotated.size() && !error; ++i) fs::remove(rotated[i], error);
  if (error) host_.log(GH_LOG_WARNING, "cannot remove old files beside " + options_.path + ": " + error.message());
}

// REQUIRES: errno says why.
Error JsonlFile::failure(const std::string& what) const {
  return {GH_ERETRY, what + " " + options_.path + ": " + std::generic_category().message(errno)};
}
