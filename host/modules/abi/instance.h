// A component in use: created with a configuration, and destroyed once all its users have let go of it. It keeps its
// module loaded. Its address never changes, as the plugin holds a pointer to its gh_host. Any thread.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "core/status.h"
#include "modules/abi/component.h"
#include "modules/abi/plugin_state.h"
#include "modules/abi/plugin_stats.h"

namespace gatehouse::modules {

// Takes a plugin's line for the gateway's diagnostic log; level is GH_LOG_…. Thread-safe, does not throw.
using DiagnosticLog = std::function<void(std::string_view instance, std::uint32_t level, std::string_view line)>;

class Instance {
 public:
  // name is the one in YAML, config_json a JSON object. A failure has the plugin's reason.
  static core::Result<std::shared_ptr<Instance>> create(Component component, std::string name,
                                                        std::string_view config_json, DiagnosticLog log,
                                                        std::shared_ptr<PluginStats> stats = nullptr);
  // The same, to see whether it can be created: the plugin is told so, and is to change nothing.
  static core::Result<std::shared_ptr<Instance>> try_out(Component component, std::string name,
                                                         std::string_view config_json, DiagnosticLog log);
  ~Instance();
  Instance(const Instance&) = delete;
  Instance& operator=(const Instance&) = delete;

  const std::string& name() const { return name_; }
  const Component& component() const { return component_; }
  gh_instance* raw() const { return raw_; }
  PluginStats& stats() const { return *stats_; }  // where calls on it are counted
  bool on_trial() const { return on_trial_; }
  // The state for its successor; nullopt: it hands nothing over. Any thread, beside any other call.
  core::Result<std::optional<PluginState>> save() const;
  bool takes(const PluginState& state) const {
    return component_.state.restore != nullptr && component_.id == state.owner;
  }
  // Gives it its predecessor's state. A failure has the plugin's reason. REQUIRES: takes(state), and no other call
  // has been made.
  core::Status restore(const PluginState& state);

  // REQUIRES: T is the table of the component's interface.
  template <class T>
  const T& table() const {
    return std::get<T>(component_.table);
  }

 private:
  Instance(Component component, std::string name, DiagnosticLog log, std::shared_ptr<PluginStats> stats);
  core::Status create(std::string_view config_json);

  Component component_;
  std::string name_;
  DiagnosticLog log_;
  std::shared_ptr<PluginStats> stats_;
  gh_host host_;
  gh_instance* raw_ = nullptr;
  bool on_trial_ = false;
  bool created_ = false;
};

}  // namespace gatehouse::modules
