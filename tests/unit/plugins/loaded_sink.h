// A loaded log sink, fed with records made of nothing but their ids; and what its tests need around
// it: a folder of their own and a disk that is full. For one thread.
#pragma once

#include <csignal>
#include <filesystem>
#include <fstream>
#include <set>

#include <sys/resource.h>

#include "loaded_plugin.h"

namespace gatehouse::testing {

inline std::string record_json(const std::string& id) {
  return R"({"id":)" + json_string(id) + R"(,"client_id":"web","status":200,"in_tokens":3,"padding":")" +
         std::string(200, 'x') + "\"}";
}

class LoadedSink {
 public:
  LoadedSink(const std::string& name, const std::string& config) : instance_(name, config) {}

  Outcome write(const std::vector<std::string>& ids) {
    std::vector<std::string> lines;
    std::vector<gh_log_record> records;
    std::vector<const gh_log_record*> pointers;
    for (const std::string& id : ids) lines.push_back(record_json(id));
    for (std::size_t i = 0; i < ids.size(); ++i) {
      records.push_back({sizeof(gh_log_record), GH_LOG_INFO, 1'000'000, str("exchange"), str(ids[i]), str(lines[i])});
    }
    for (const gh_log_record& record : records) pointers.push_back(&record);
    return Outcome::of(
        [&](gh_error* error) { return table().write(instance_.raw(), pointers.data(), pointers.size(), error); });
  }
  Outcome flush() {
    return Outcome::of([&](gh_error* error) { return table().flush(instance_.raw(), 1000, error); });
  }
  const std::vector<std::string>& log_lines() const { return instance_.log_lines(); }

 private:
  const gh_log_sink& table() const { return instance_.table<gh_log_sink>(); }
  PluginInstance instance_;
};

// Ids no other batch has: "PREFIX-0" and so on.
inline std::vector<std::string> batch_of(std::size_t count, const std::string& prefix) {
  std::vector<std::string> ids;
  for (std::size_t i = 0; i < count; ++i) ids.push_back(prefix + "-" + std::to_string(i));
  return ids;
}

// An empty folder, removed with all that is in it.
class TempFolder {
 public:
  TempFolder() {
    std::string path = std::filesystem::temp_directory_path() / "gatehouse-sink-XXXXXX";
    if (::mkdtemp(path.data()) == nullptr) throw Error(GH_EINTERNAL, "cannot make " + path);
    path_ = path;
  }
  ~TempFolder() { std::filesystem::remove_all(path_); }
  TempFolder(const TempFolder&) = delete;
  TempFolder& operator=(const TempFolder&) = delete;
  std::string operator/(const std::string& name) const { return path_ / name; }
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

// While it lives no file of this process grows past a size, as if the disk were full.
class FullDisk {
 public:
  explicit FullDisk(rlim_t bytes) : handler_(std::signal(SIGXFSZ, SIG_IGN)) {
    ::getrlimit(RLIMIT_FSIZE, &before_);
    const rlimit limit = {bytes, before_.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &limit);
  }
  ~FullDisk() {
    ::setrlimit(RLIMIT_FSIZE, &before_);
    std::signal(SIGXFSZ, handler_);
  }
  FullDisk(const FullDisk&) = delete;
  FullDisk& operator=(const FullDisk&) = delete;

 private:
  rlimit before_{};
  void (*handler_)(int);
};

// The ids in a file of lines, in order. A line that is not a whole record is an id no record has.
inline std::vector<std::string> ids_in_lines(const std::string& path) {
  std::vector<std::string> ids;
  std::ifstream file(path, std::ios::binary);
  std::string line;
  while (std::getline(file, line)) {
    const std::size_t end = line.find('"', 7);
    const std::string id = line.compare(0, 7, R"({"id":")") == 0 ? line.substr(7, end - 7) : "";
    ids.push_back(!file.eof() && line == record_json(id) ? id : "NOT A RECORD: " + line);
  }
  return ids;
}

}  // namespace gatehouse::testing
