// How an assembly makes a new plugin: tries it in a process of its own, loads it, creates it, and gives it the state
// of its predecessor.
#include <Poco/Logger.h>

#include "modules/abi/plugin_log.h"
#include "modules/swap/assembly.h"
#include "modules/swap/interfaces.h"

namespace gatehouse::modules {

using core::Result;

namespace {

// Saves an instance's state for its successor. If saving fails, the plugin is replaced all the same; otherwise a
// broken one could never be.
std::optional<PluginState> state_of(const Instance* instance) {
  if (instance == nullptr) return std::nullopt;
  Result<std::optional<PluginState>> state = instance->save();
  if (state.ok()) return *std::move(state);
  Poco::Logger::get("gatehouse")
      .warning("its successor begins without state: " + std::string(state.status().message()));
  return std::nullopt;
}

}  // namespace

// Begins the trials of all new plugins together, as each takes a process and its time. A file's problem is reported
// when the plugin's turn comes.
void Assembly::begin_trials() {
  if (returning_ != nullptr) return;
  for (const auto& provider : settings_.providers) begin_trial({PluginKind::provider, provider.component, {}});
  for (const auto& policy : settings_.policies) {
    begin_trial({PluginKind::policy, policy.component, {}});
    if (policy.shadow) begin_trial({PluginKind::shadow, *policy.shadow, {}});
  }
  for (const auto& sink : settings_.log_sinks) begin_trial({PluginKind::log_sink, sink.component, sink.queue});
}

void Assembly::begin_trial(const Wanted& wanted) {
  if (trials_.begun(wanted.key())) return;
  const PluginUse* before = predecessor(wanted);
  const Result<PluginFiles::File*> file = files_.find(wanted.settings);
  std::string why;
  if (!file.ok() || (before != nullptr && (rollback_of(wanted, **file) || unchanged(wanted, *before, **file, why))))
    return;
  const auto interfaces = interfaces_of(wanted.kind);
  trials_.begin(wanted.key(),
                {(*file)->copy_path,
                 (*file)->path.string(),
                 wanted.component(),
                 {interfaces.begin(), interfaces.end()},
                 wanted.settings.config,
                 state_of(before == nullptr ? nullptr : before->instance.get())});
}

Result<std::shared_ptr<Instance>> Assembly::create(const Wanted& wanted, PluginFiles::File& file,
                                                   const Instance* before, std::string& why) {
  const config::ComponentSettings& settings = wanted.settings;
  begin_trial(wanted);  // where that was not possible before
  GH_TRY(trials_.result(wanted.key()));
  GH_ASSIGN(auto loaded, files_.load(file));
  GH_ASSIGN(auto component, Component::find(loaded, interfaces_of(wanted.kind), wanted.component()));
  auto stats = stats_.open({wanted.key(), component.version, file.sha256});
  Result<std::shared_ptr<Instance>> created =
      Instance::create(std::move(component), settings.name, settings.config, log_plugin_line, std::move(stats));
  if (!created.ok()) return created;
  const std::optional<PluginState> state = state_of(before);  // once more: the plugin served on during the trial
  if (!state) return created;
  if (!(*created)->takes(*state)) {
    why += "; it takes over no state";
    return created;
  }
  GH_TRY((*created)->restore(*state));
  why += "; it took over " + std::to_string(state->bytes.size()) + " bytes of state";
  return created;
}

}  // namespace gatehouse::modules
