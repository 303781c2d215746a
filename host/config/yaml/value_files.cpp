#include "config/yaml/value_files.h"

#include <Poco/Logger.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "core/descriptor.h"

namespace gatehouse::config {

using core::Code;
using core::Status;

core::Result<std::string> ValueFiles::read(std::string_view path) {
  const std::filesystem::path file = folder_ / path;
  const auto wrong = [&](const std::string& why) {
    return Status(Code::config, "the file " + file.string() + " " + why);
  };
  // A pipe would be waited for.
  const core::Descriptor opened(::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (opened.get() < 0) return wrong(std::string("cannot be read: ") + std::strerror(errno));
  struct stat info {};
  if (::fstat(opened.get(), &info) != 0 || !S_ISREG(info.st_mode)) return wrong("is no regular file");
  std::string value(kLargest + 1, '\0');
  const ssize_t size = ::pread(opened.get(), value.data(), value.size(), 0);
  if (size < 0) return wrong(std::string("cannot be read: ") + std::strerror(errno));
  if (static_cast<std::size_t>(size) > kLargest) return wrong("is larger than 64 KiB, the most that a value may have");
  value.resize(static_cast<std::size_t>(size));
  if (value.ends_with('\n')) value.pop_back();
  if (value.ends_with('\r')) value.pop_back();
  if (value.empty()) return wrong("is empty");
  const auto is_control = [](unsigned char c) { return c < 0x20 || c == 0x7F; };
  if (std::any_of(value.begin(), value.end(), is_control))
    return wrong("holds more than one line, or a control character");
  if ((info.st_mode & S_IROTH) != 0)
    Poco::Logger::get("gatehouse")
        .warning("everybody on this machine may read " + file.string() + ": take that right away, chmod o-r");
  all_.push_back(file);
  return value;
}

}  // namespace gatehouse::config
