// The process that a plugin's trial runs in.
#include <unistd.h>

#include "modules/abi/instance.h"
#include "modules/trial/child.h"
#include "modules/trial/trial_wire.h"

namespace gatehouse::modules {

namespace {

core::Status attempt(const Trial& trial) {
  child_says("loading\n");
  GH_ASSIGN(auto module, Module::load(trial.file, trial.shown));
  const std::vector<std::string_view> interfaces(trial.interfaces.begin(), trial.interfaces.end());
  GH_ASSIGN(auto component, Component::find(module, interfaces, trial.component));
  child_says("creating\n");
  // Without a log: the plugin will log the same when it is created for good.
  const auto no_log = [](std::string_view, std::uint32_t, std::string_view) {};
  GH_ASSIGN(auto instance, Instance::create(std::move(component), trial.component, trial.config, no_log));
  if (trial.state && instance->takes(*trial.state)) {
    child_says("taking over state\n");
    GH_TRY(instance->restore(*trial.state));
  }
  child_says("destroying\n");
  instance = nullptr;
  child_says("unloading\n");
  module = nullptr;
  return {};
}

}  // namespace

void run_trial() {
  const core::Status status = attempt(from_wire(child_task()));
  if (status.ok())
    child_says(kTrialFine);
  else
    child_says(std::string(kTrialRefused) + std::string(status.message()));
  ::_exit(status.ok() ? 0 : 1);
}

}  // namespace gatehouse::modules
