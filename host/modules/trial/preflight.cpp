#include "modules/trial/preflight.h"

#include "modules/trial/child.h"
#include "modules/trial/trial_wire.h"

namespace gatehouse::modules {

core::Status Preflight::run(const Trial& trial) const {
  GH_ASSIGN(const ChildEnd end, run_in_child(program_, kTrialCommand, to_wire(trial), time_limit_));
  if (end.fine() && end.answer.ends_with(kTrialFine)) return {};
  const auto no = end.answer.find(kTrialRefused);
  if (end.in_time && no != std::string::npos)
    return {core::Code::config, end.answer.substr(no + kTrialRefused.size())};
  return {core::Code::config,
          trial.shown + " " + end.how(time_limit_) + " (in its trial run, in a process of its own)"};
}

}  // namespace gatehouse::modules
