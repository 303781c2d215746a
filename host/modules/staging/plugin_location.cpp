#include "modules/staging/plugin_location.h"

#include "core/foreign_writers.h"

namespace gatehouse::modules {

namespace fs = std::filesystem;
using core::Code;
using core::Result;
using core::Status;

namespace {

std::vector<fs::path> candidates_of(const config::Settings& settings, const config::ComponentSettings& component) {
  if (component.by_file) return {component.plugin};
  std::vector<fs::path> candidates;
  for (const std::string& folder : settings.plugin_path)
    candidates.push_back(fs::path(folder) / (component.plugin + ".so"));
  return candidates;
}

// A folder counts also where the file is not: whoever may put one there decides what runs.
Status check_writers(const config::ComponentSettings& component, const fs::path& candidate) {
  if (!component.by_file) GH_TRY(core::no_foreign_writers(candidate.parent_path()));
  return core::no_foreign_writers(candidate);
}

}  // namespace

Result<fs::path> find_plugin(const config::Settings& settings, const config::ComponentSettings& component) {
  const std::vector<fs::path> candidates = candidates_of(settings, component);
  std::string looked;
  std::error_code error;
  for (const auto& candidate : candidates) {
    if (!settings.allow_writable) GH_TRY(check_writers(component, candidate));
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
