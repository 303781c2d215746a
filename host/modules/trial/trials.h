// The trial runs of all plugins that an assembly is about to use. They are begun together, and as many run at once as
// there are processors, two at least. The assembly waits for each when its plugin's turn comes. One thread.
#pragma once

#include <future>
#include <map>
#include <semaphore>

#include "core/status.h"
#include "modules/abi/plugin_key.h"
#include "modules/trial/preflight.h"

namespace gatehouse::modules {

class Trials {
 public:
  explicit Trials(const Preflight& preflight);
  // ~Trials waits for trials whose result was not asked for.

  void begin(PluginKey plugin, Trial trial);
  bool begun(const PluginKey& plugin) const;
  // How it ended. REQUIRES: it was begun, and not asked for before.
  core::Status result(const PluginKey& plugin);

 private:
  const Preflight& preflight_;
  std::counting_semaphore<> seats_;
  std::map<PluginKey, std::future<core::Status>> trials_;
};

}  // namespace gatehouse::modules
