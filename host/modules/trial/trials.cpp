#include "modules/trial/trials.h"

#include <algorithm>
#include <thread>

namespace gatehouse::modules {

Trials::Trials(const Preflight& preflight)
    : preflight_(preflight), seats_(std::max(2u, std::thread::hardware_concurrency())) {}

void Trials::begin(std::string_view kind, const std::string& name, Trial trial) {
  // The thread that starts the process stays until that has ended: the process dies with it.
  trials_[{std::string(kind), name}] = std::async(std::launch::async, [this, trial = std::move(trial)] {
    seats_.acquire();
    core::Status status = preflight_.run(trial);
    seats_.release();
    return status;
  });
}

bool Trials::begun(std::string_view kind, const std::string& name) const {
  return trials_.contains({std::string(kind), name});
}

core::Status Trials::result(std::string_view kind, const std::string& name) {
  return trials_.at({std::string(kind), name}).get();
}

}  // namespace gatehouse::modules
