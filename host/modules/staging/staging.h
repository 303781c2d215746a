// The gateway's own copies of plugin files. Only copies are ever loaded, so that an operator may overwrite, truncate
// or delete the originals at any time. Each copy has a name never used before, as the dynamic linker hands back the
// old image for an old name. Thread-safe.
#pragma once

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>

#include "core/descriptor.h"
#include "core/status.h"
#include "modules/abi/module.h"
#include "modules/staging/leftovers.h"

namespace gatehouse::modules {

// One copy. It is deleted with its last owner, once the module made of it is unmapped. If the module stays mapped, the
// file stays too, and the list of leftovers says why.
class StagedFile {
 public:
  StagedFile(std::filesystem::path path, std::filesystem::path origin, std::string sha256,
             std::shared_ptr<Leftovers> leftovers);
  ~StagedFile();
  StagedFile(const StagedFile&) = delete;
  StagedFile& operator=(const StagedFile&) = delete;

  const std::filesystem::path& path() const { return path_; }
  const std::filesystem::path& origin() const { return origin_; }  // the operator's file
  const std::string& sha256() const { return sha256_; }

 private:
  friend core::Result<std::shared_ptr<Module>> load_copy(const std::shared_ptr<StagedFile>& copy, std::string shown);

  const std::filesystem::path path_;
  const std::filesystem::path origin_;
  const std::string sha256_;
  const std::shared_ptr<Leftovers> leftovers_;
  std::string kept_because_;  // its module is never unloaded
};

// Loads a copy, which then lives as long as the module. `shown` is what messages call the file.
core::Result<std::shared_ptr<Module>> load_copy(const std::shared_ptr<StagedFile>& copy, std::string shown);

class Staging {
 public:
  // Makes root/<pid>, for this process alone, and deletes the folders of processes that are gone.
  // A failure has Code::config: most likely the folder is mounted noexec.
  static core::Result<std::unique_ptr<Staging>> open(const std::filesystem::path& root);
  ~Staging();  // deletes the folder; modules that are mapped stay mapped
  Staging(const Staging&) = delete;
  Staging& operator=(const Staging&) = delete;

  // Copies the file, hashing what it copies. Refuses a file that changes meanwhile.
  core::Result<std::shared_ptr<StagedFile>> stage(const std::filesystem::path& file);

  const std::filesystem::path& folder() const { return folder_; }
  Leftovers& leftovers() { return *leftovers_; }

 private:
  Staging(std::filesystem::path folder, core::Descriptor lock) : folder_(std::move(folder)), lock_(std::move(lock)) {}

  const std::filesystem::path folder_;
  const core::Descriptor lock_;  // held on the folder for as long as this process lives
  const std::shared_ptr<Leftovers> leftovers_ = std::make_shared<Leftovers>();
  std::atomic<std::uint64_t> staged_{0};
};

}  // namespace gatehouse::modules
