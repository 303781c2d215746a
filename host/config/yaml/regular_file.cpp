#include "config/yaml/regular_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "core/descriptor.h"

namespace gatehouse::config {
namespace {

constexpr std::size_t kPiece = 64u << 10;

// Up to one byte more than the most, which tells that there is more. False: errno says why.
bool read_all(int file, std::size_t most, std::string& text) {
  while (text.size() <= most) {
    const std::size_t before = text.size();
    text.resize(std::min(before + kPiece, most + 1));
    const ssize_t size = ::read(file, text.data() + before, text.size() - before);
    text.resize(before + static_cast<std::size_t>(std::max<ssize_t>(size, 0)));
    if (size < 0 && errno != EINTR) return false;
    if (size == 0) return true;
  }
  return true;
}

}  // namespace

core::Status wrong_file(const std::filesystem::path& file, const std::string& why) {
  return {core::Code::config, "the file " + file.string() + " " + why};
}

core::Result<RegularFile> read_regular_file(const std::filesystem::path& file, std::size_t most,
                                            const char* too_large) {
  const auto cannot = [&] { return wrong_file(file, std::string("cannot be read: ") + std::strerror(errno)); };
  // A pipe would be waited for.
  const core::Descriptor opened(::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (!opened.valid()) return cannot();
  struct stat info {};
  if (::fstat(opened.get(), &info) != 0 || !S_ISREG(info.st_mode)) return wrong_file(file, "is no regular file");
  RegularFile read{{}, info.st_mode, info.st_mtim.tv_sec};
  if (!read_all(opened.get(), most, read.text)) return cannot();
  if (read.text.size() > most) return wrong_file(file, too_large);
  return read;
}

}  // namespace gatehouse::config
