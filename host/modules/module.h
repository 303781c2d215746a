// A loaded plugin library whose prefix and version have been checked. It is unloaded with the last
// reference to it, unless it asked to stay or GATEHOUSE_KEEP_MODULES=1 says that all do.
// Loading and unloading are serialised here; a Module may be used by many threads.
#pragma once

#include <gatehouse/abi.h>

#include <filesystem>
#include <memory>
#include <mutex>
#include <string>

#include "core/status.h"
#include "modules/staging.h"

namespace gatehouse::modules {

class Module {
 public:
  // A failure has Code::config and says what the file is and what the gateway needs. The loader gives
  // back an image it has already for the same file: a new version needs a new path.
  // `shown`, when given, is what messages and file() call it; `copy`, when the file is one, lives as long
  // as the module.
  static core::Result<std::shared_ptr<Module>> load(const std::filesystem::path& file, std::string shown = {},
                                                    std::shared_ptr<StagedFile> copy = {});
  ~Module();
  Module(const Module&) = delete;
  Module& operator=(const Module&) = delete;

  const std::string& file() const { return file_; }
  const std::shared_ptr<StagedFile>& copy() const { return copy_; }
  const std::string& build() const { return build_; }  // the compiler that made it, for people
  bool resident() const { return resident_; }          // never unloaded

  // The component at index, nullptr past the end. REQUIRES: serial() is held.
  const gh_component* component(std::uint32_t index) const { return table_->component(index); }
  // To be held during every call that abi.h tags [serial].
  std::mutex& serial() const { return serial_; }

 private:
  struct Library;

  Module(std::string file, std::shared_ptr<StagedFile> copy, std::unique_ptr<Library> library, const gh_module* table);

  std::string file_;
  std::shared_ptr<StagedFile> copy_;  // null when loaded from where it lies; before library_, which is closed first
  std::unique_ptr<Library> library_;
  const gh_module* table_;
  std::string build_;
  bool resident_;
  mutable std::mutex serial_;
};

}  // namespace gatehouse::modules
