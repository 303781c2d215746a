// A loaded plugin library whose magic number and version have been checked. It is unloaded with the last reference
// to it, unless it asked to stay (resident) or GATEHOUSE_KEEP_MODULES=1 keeps all. Loading and unloading are
// serialised here; a Module may be used by many threads.
#pragma once

#include <gatehouse/abi.h>

#include <filesystem>
#include <memory>
#include <mutex>
#include <string>

#include "core/status.h"

namespace gatehouse::modules {

class Module {
 public:
  // A failure has Code::config and says what the file is and what the gateway needs. The loader gives
  // back an image it has already for the same file: a new version needs a new path.
  // `shown`, when given, is what messages and file() call it; `keeps` lives as long as the module.
  static core::Result<std::shared_ptr<Module>> load(const std::filesystem::path& file, std::string shown = {},
                                                    std::shared_ptr<const void> keeps = {});
  ~Module();
  Module(const Module&) = delete;
  Module& operator=(const Module&) = delete;

  const std::string& file() const { return file_; }
  const std::filesystem::path& path() const { return path_; }  // what was loaded
  const std::string& build() const { return build_; }          // the compiler that made it, for people
  // Why it is never unloaded; empty: it is unloaded.
  const std::string& kept_because() const { return kept_because_; }
  bool resident() const { return !kept_because_.empty(); }

  // The component at index, nullptr past the end. REQUIRES: serial() is held.
  const gh_component* component(std::uint32_t index) const { return table_->component(index); }
  // Hold it during every call that abi.h tags [serial].
  std::mutex& serial() const { return serial_; }

 private:
  struct Library;

  Module(std::string file, std::filesystem::path path, std::shared_ptr<const void> keeps,
         std::unique_ptr<Library> library, const gh_module* table);

  std::string file_;
  std::filesystem::path path_;
  std::shared_ptr<const void> keeps_;  // before library_, which is closed first
  std::unique_ptr<Library> library_;
  const gh_module* table_;
  std::string build_;
  std::string kept_because_;
  mutable std::mutex serial_;
};

}  // namespace gatehouse::modules
