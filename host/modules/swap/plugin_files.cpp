#include "modules/swap/plugin_files.h"

#include "modules/staging/file_hash.h"

namespace gatehouse::modules {

namespace fs = std::filesystem;
using core::Code;
using core::Result;
using core::Status;

Result<PluginFiles::File*> PluginFiles::find(const config::ComponentSettings& component) {
  GH_ASSIGN(const fs::path path, locate(component));
  File& file = files_[path];
  if (file.path.empty()) {
    file.path = path;
    file.status = read(file);
  }
  GH_TRY(file.status);
  if (!component.sha256.empty() && component.sha256 != file.sha256) {
    return Status(Code::config, file.path.string() + " has the SHA-256 " + file.sha256 +
                                    ", the configuration asks for " + component.sha256);
  }
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

Result<fs::path> PluginFiles::locate(const config::ComponentSettings& component) const {
  std::vector<fs::path> candidates;
  if (component.by_file)
    candidates.emplace_back(component.plugin);
  else
    for (const std::string& folder : settings_.plugin_path)
      candidates.push_back(fs::path(folder) / (component.plugin + ".so"));
  std::string looked;
  std::error_code error;
  for (const auto& candidate : candidates) {
    if (fs::is_regular_file(candidate, error)) {
      auto path = fs::canonical(candidate, error);
      if (!error) return path;
    }
    looked += (looked.empty() ? "" : ", ") + candidate.string();
  }
  if (candidates.empty())
    return Status(Code::config, "no folder to look for plugin '" + component.plugin + "': set plugins.path");
  return Status(Code::config, "there is no plugin '" + component.plugin + "'; looked for " + looked);
}

}  // namespace gatehouse::modules
