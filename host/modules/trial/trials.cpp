#include "modules/trial/trials.h"

#include <algorithm>
#include <thread>

namespace gatehouse::modules {

Trials::Trials(const Preflight& preflight)
    : preflight_(preflight), seats_(std::max(2u, std::thread::hardware_concurrency())) {}

void Trials::begin(PluginKey plugin, Trial trial) {
  // The thread that starts the process waits for its end, because the process dies with that thread.
  trials_[std::move(plugin)] = std::async(std::launch::async, [this, trial = std::move(trial)] {
    seats_.acquire();
    core::Status status = preflight_.run(trial);
    seats_.release();
    return status;
  });
}

bool Trials::begun(const PluginKey& plugin) const { return trials_.contains(plugin); }

core::Status Trials::result(const PluginKey& plugin) { return trials_.at(plugin).get(); }

}  // namespace gatehouse::modules
