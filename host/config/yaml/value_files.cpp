#include "config/yaml/value_files.h"

#include <Poco/Logger.h>
#include <sys/stat.h>

#include <algorithm>

#include "config/yaml/regular_file.h"

namespace gatehouse::config {

core::Result<std::string> ValueFiles::read(std::string_view path) {
  const std::filesystem::path file = folder_ / path;
  GH_ASSIGN(RegularFile read,
            read_regular_file(file, kLargest, "is larger than 64 KiB, the most that a value may have"));
  std::string& value = read.text;
  if (value.ends_with('\n')) value.pop_back();
  if (value.ends_with('\r')) value.pop_back();
  if (value.empty()) return wrong_file(file, "is empty");
  const auto is_control = [](unsigned char c) { return c < 0x20 || c == 0x7F; };
  if (std::any_of(value.begin(), value.end(), is_control))
    return wrong_file(file, "holds more than one line, or a control character");
  if ((read.mode & S_IROTH) != 0)
    Poco::Logger::get("gatehouse")
        .warning("everybody on this machine may read " + file.string() + ": take that right away, chmod o-r");
  all_.push_back(file);
  return std::move(value);
}

}  // namespace gatehouse::config
