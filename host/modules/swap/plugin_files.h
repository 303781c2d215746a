// Finds the files of the configured plugins, hashes them and loads them. Each file is read once. One assembly, one
// thread.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <string>

#include "config/settings.h"
#include "core/status.h"
#include "modules/staging/staging.h"
#include "modules/swap/generation.h"

namespace gatehouse::modules {

class PluginFiles {
 public:
  // before: the generation whose modules may go on being used; nullptr: none.
  PluginFiles(const config::Settings& settings, Staging& staging, const Generation* before)
      : settings_(settings), staging_(staging), before_(before) {}

  struct File {
    std::filesystem::path path;  // canonical
    std::string sha256;
    std::shared_ptr<Module> module;    // nullptr: not loaded yet
    std::shared_ptr<StagedFile> copy;  // nullptr: the module was in use already
    std::filesystem::path copy_path;   // the copy that the module is made of
    core::Status status;               // of reading the file
  };
  // The plugin's file, by the name or path in the settings. A file whose contents are in use already
  // is not copied again.
  core::Result<File*> find(const config::ComponentSettings& component);
  // Its module, loaded now if it is not yet.
  core::Result<std::shared_ptr<Module>> load(File& file);

 private:
  core::Status read(File& file);

  const config::Settings& settings_;
  Staging& staging_;
  const Generation* before_;
  std::map<std::filesystem::path, File> files_;
};

}  // namespace gatehouse::modules
