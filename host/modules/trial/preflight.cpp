#include "modules/trial/preflight.h"

#include "modules/trial/child.h"
#include "modules/trial/trial_wire.h"

namespace gatehouse::modules {

namespace {

// Takes the notes out of the answer; what stays are the steps and the end.
TrialReport take_notes(std::string& answer) {
  TrialReport report;
  std::string steps;
  std::size_t at = 0;
  for (std::size_t end = 0; (end = answer.find('\n', at)) != answer.npos; at = end + 1) {
    const std::string line = answer.substr(at, end - at);
    if (line.starts_with(kTrialWarns)) {
      report.warnings.push_back(line.substr(kTrialWarns.size()));
    } else if (line.starts_with(kTrialFound)) {
      const std::size_t space = std::min(line.find(' ', kTrialFound.size()), line.size());
      report.interface_id = line.substr(kTrialFound.size(), space - kTrialFound.size());
      report.version = line.substr(std::min(space + 1, line.size()));
    } else {
      steps += line + "\n";
    }
  }
  answer = steps + answer.substr(at);
  return report;
}

}  // namespace

core::Result<TrialReport> Preflight::look(const Trial& trial) const {
  GH_ASSIGN(ChildEnd end, run_in_child(program_, kTrialCommand, to_wire(trial), time_limit_));
  TrialReport report = take_notes(end.answer);
  if (end.fine() && end.answer.ends_with(kTrialFine)) return report;
  const auto no = end.answer.find(kTrialRefused);
  if (end.in_time && no != std::string::npos)
    return core::Status(core::Code::config, end.answer.substr(no + kTrialRefused.size()));
  return core::Status(core::Code::config,
                      trial.shown + " " + end.how(time_limit_) + " (in its trial run, in a process of its own)");
}

}  // namespace gatehouse::modules
