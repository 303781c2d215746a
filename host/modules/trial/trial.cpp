// The process that a plugin's trial runs in.
#include <unistd.h>

#include <algorithm>

#include "modules/abi/instance.h"
#include "modules/trial/child.h"
#include "modules/trial/trial_wire.h"

namespace gatehouse::modules {

namespace {

std::string one_line(std::string_view text) {
  std::string line(text);
  std::replace(line.begin(), line.end(), '\n', ' ');
  return line;
}

core::Status attempt(const Trial& trial) {
  child_says("loading\n");
  GH_ASSIGN(auto module, Module::load(trial.file, trial.shown));
  const std::vector<std::string_view> interfaces(trial.interfaces.begin(), trial.interfaces.end());
  GH_ASSIGN(auto component, Component::find(module, interfaces, trial.component));
  child_says(std::string(kTrialFound) + component.interface_id + " " + one_line(component.version) + "\n");
  child_says("creating\n");
  // Its warnings are told to whoever asked for the trial. A gateway logs them when it creates the plugin for good.
  const auto note = [](std::string_view, std::uint32_t level, std::string_view line) {
    if (level >= GH_LOG_WARNING) child_says(std::string(kTrialWarns) + one_line(line) + "\n");
  };
  GH_ASSIGN(auto instance, Instance::try_out(std::move(component), trial.component, trial.config, note));
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
