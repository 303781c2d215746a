#include "modules/swap/plugin_files.h"

#include "modules/staging/file_hash.h"
#include "modules/swap/interfaces.h"
#include "modules/staging/plugin_location.h"

namespace gatehouse::modules {

namespace fs = std::filesystem;
using core::Result;
using core::Status;

Result<PluginFiles::File*> PluginFiles::find(const config::ComponentSettings& component) {
  GH_ASSIGN(const fs::path path, find_plugin(settings_, component));
  File& file = files_[path];
  if (file.path.empty()) {
    file.path = path;
    file.status = read(file);
  }
  GH_TRY(file.status);
  GH_TRY(check_pin(component, file.path, file.sha256));
  return &file;
}

Result<std::shared_ptr<Module>> PluginFiles::load(File& file) {
  if (file.module) return file.module;
  Result<std::shared_ptr<Module>> loaded = load_copy(file.copy, file.path.string());
  if (loaded.ok()) file.module = *loaded;
  return loaded;
}

Status PluginFiles::read(File& file) {
  if (before_ != nullptr) {
    GH_ASSIGN(std::string sha256, sha256_of(file.path));
    file.module = before_->module(sha256);
    if (file.module) {
      file.copy_path = file.module->path();
      file.sha256 = std::move(sha256);
      return {};
    }
  }
  GH_ASSIGN(file.copy, staging_.stage(file.path));
  file.copy_path = file.copy->path();
  file.sha256 = file.copy->sha256();
  return {};
}

}  // namespace gatehouse::modules
