// Builds a generation from settings: finds the plugin files, tries and loads the new ones, keeps the unchanged
// ones, and puts routes, policies and sinks together. One assembly, one thread.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "config/settings.h"
#include "core/status.h"
#include "modules/abi/plugin_stats.h"
#include "modules/swap/generation.h"
#include "modules/swap/plugin_files.h"
#include "modules/swap/probation.h"
#include "modules/swap/reload_report.h"
#include "modules/trial/preflight.h"
#include "modules/trial/trials.h"

namespace gatehouse::modules {

class Assembly {
 public:
  // before: the generation whose unchanged plugins are used again; nullptr: none. rollbacks: versions that are not
  // tried again; the plugin in use stays in their place.
  // REQUIRES: everything outlives the assembly.
  Assembly(const config::Settings& settings, Staging& staging, const Preflight& preflight, PluginStatsTable& stats,
           const Generation* before, const std::vector<Rollback>& rollbacks)
      : settings_(settings),
        stats_(stats),
        before_(before),
        rollbacks_(rollbacks),
        files_(settings, staging, before),
        trials_(preflight) {}

  // Builds the generation before, with one plugin taken back; no file is read.
  // REQUIRES: before is not null, and the settings are those it was built from.
  std::unique_ptr<Generation> build_with(const PluginUse& returning, std::uint64_t number);

  // Complete only when status() is ok; else a part, for the reaper to end.
  std::unique_ptr<Generation> build(std::uint64_t number);

  // A failure is Code::config; its message has one line per plugin that could not be put to use,
  // each with the place in the configuration file that asks for it.
  core::Status status() const;
  // Which version took whose place.
  std::vector<Replacement> take_replacements() { return std::move(replacements_); }
  // What became of each configured plugin, and of each that is configured no longer.
  std::vector<PluginChange> take_changes() { return std::move(changes_); }

 private:
  using Providers = std::map<std::string, std::shared_ptr<core::Provider>, std::less<>>;
  // A plugin that is to be put to use.
  struct Wanted {
    PluginKind kind;
    const config::ComponentSettings& settings;
    config::QueueSettings queue;
    PluginKey key() const { return {kind, settings.name}; }
    std::string component() const { return settings.by_file ? settings.name : settings.plugin; }
  };

  void begin_trials();
  void begin_trial(const Wanted& wanted);
  Providers providers();
  void routes(const Providers& providers);
  void policies();
  std::shared_ptr<Shadow> shadow_of(const config::ComponentSettings& settings, const std::shared_ptr<Instance>& policy);
  void sinks();
  void removed();

  const PluginUse* predecessor(const Wanted& wanted) const;  // nullptr: there is none
  // Lists a plugin that is there already.
  PluginUse* keep(const PluginUse& use, PluginChange::Kind kind, std::string reason);
  const Rollback* rollback_of(const Wanted& wanted, const PluginFiles::File& file) const;
  // Finds or makes the plugin's instance and lists it; nullptr, and a problem noted, when that fails.
  PluginUse* put_to_use(const Wanted& wanted);
  // before: the instance whose place it takes; nullptr: none. What it took over is added to `why`.
  core::Result<std::shared_ptr<Instance>> create(const Wanted& wanted, PluginFiles::File& file, const Instance* before,
                                                 std::string& why);
  bool unchanged(const Wanted& wanted, const PluginUse& before, const PluginFiles::File& file, std::string& why) const;
  void refuse(const Wanted& wanted, const std::string& why);

  const config::Settings& settings_;
  PluginStatsTable& stats_;
  const Generation* before_;
  const std::vector<Rollback>& rollbacks_;
  const PluginUse* returning_ = nullptr;
  PluginFiles files_;
  Trials trials_;
  GenerationParts parts_;
  std::vector<PluginChange> changes_;
  std::vector<Replacement> replacements_;
  std::string problems_;  // one line each
};

}  // namespace gatehouse::modules
