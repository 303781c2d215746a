#include "modules/swap/inspection.h"

#include <sys/statvfs.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <future>
#include <semaphore>
#include <thread>

#include "modules/abi/component.h"
#include "modules/staging/file_hash.h"
#include "modules/swap/interfaces.h"
#include "modules/staging/plugin_location.h"
#include "modules/trial/preflight.h"

namespace gatehouse::modules {

namespace fs = std::filesystem;
using core::Code;
using core::Result;
using core::Status;

namespace {

using Seats = std::counting_semaphore<>;

struct Asked {
  PluginKind kind;
  const config::ComponentSettings& settings;
  std::string base_url;  // of a provider
};

std::vector<Asked> all_of(const config::Settings& settings) {
  std::vector<Asked> all;
  for (const auto& provider : settings.providers)
    all.push_back({PluginKind::provider, provider.component, provider.base_url});
  for (const auto& policy : settings.policies) {
    all.push_back({PluginKind::policy, policy.component, {}});
    if (policy.shadow) all.push_back({PluginKind::shadow, *policy.shadow, {}});
  }
  for (const auto& sink : settings.log_sinks) all.push_back({PluginKind::log_sink, sink.component, {}});
  return all;
}

Result<InspectedPlugin> look_at(const config::Settings& settings, const Asked& asked, Seats& seats) {
  const config::ComponentSettings& component = asked.settings;
  GH_ASSIGN(const fs::path file, find_plugin(settings, component));
  GH_ASSIGN(std::string sha256, sha256_of(file));
  GH_TRY(check_pin(component, file, sha256));
  const auto interfaces = interfaces_of(asked.kind);
  const Trial trial{file,
                    file.string(),
                    component.by_file ? component.name : component.plugin,
                    {interfaces.begin(), interfaces.end()},
                    component.config,
                    {}};
  seats.acquire();
  Result<TrialReport> report = Preflight(settings.preflight_timeout).look(trial);
  seats.release();
  if (!report.ok()) return report.status();
  if (asked.kind == PluginKind::provider) GH_TRY(check_base_url(component.name, report->interface_id, asked.base_url));
  return InspectedPlugin{asked.kind,    component.name,    report->version,
                         file.string(), std::move(sha256), report->warnings};
}

// The copies of plugins go to data_dir, and are run there.
Status check_place(const fs::path& data_dir) {
  std::error_code error;
  fs::path folder = fs::absolute(data_dir, error);
  while (!fs::exists(folder, error) && !error && folder.has_relative_path()) folder = folder.parent_path();
  if (!fs::is_directory(folder, error) || ::access(folder.c_str(), W_OK | X_OK) != 0) {
    const char* why = fs::is_directory(folder, error) ? std::strerror(errno) : "not a folder";
    return {Code::config, "cannot write to data_dir " + data_dir.string() + ": " + folder.string() + ": " + why};
  }
  struct statvfs system {};
  if (::statvfs(folder.c_str(), &system) != 0 || (system.f_flag & ST_NOEXEC) == 0) return {};
  return {Code::config, folder.string() +
                            " is mounted noexec; plugins are loaded from data_dir, so set it to a folder on "
                            "another file system"};
}

}  // namespace

Result<std::vector<InspectedPlugin>> inspect(const config::Settings& settings) {
  Seats seats(std::max(2u, std::thread::hardware_concurrency()));
  const std::vector<Asked> all = all_of(settings);
  std::vector<std::future<Result<InspectedPlugin>>> looks;
  looks.reserve(all.size());
  for (const Asked& asked : all)
    looks.push_back(std::async(std::launch::async, [&] { return look_at(settings, asked, seats); }));
  std::vector<InspectedPlugin> plugins;
  std::string problems;
  if (const Status place = check_place(settings.data_dir); !place.ok()) problems = std::string(place.message()) + "\n";
  for (std::size_t i = 0; i < all.size(); ++i) {
    Result<InspectedPlugin> plugin = looks[i].get();
    if (plugin.ok())
      plugins.push_back(*std::move(plugin));
    else
      problems += all[i].settings.source.text() + ": " + std::string(plugin.status().message()) + "\n";
  }
  if (!problems.empty()) return Status(Code::config, problems.substr(0, problems.size() - 1));
  return plugins;
}

}  // namespace gatehouse::modules
