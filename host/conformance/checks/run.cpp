#include "conformance/checks/run.h"

#include <unistd.h>

#include <algorithm>
#include <optional>

#include "modules/trial/child.h"

namespace gatehouse::conformance {

std::vector<Check> all_checks() {
  std::vector<Check> all;
  for (const auto group :
       {file_checks, load_checks, life_checks, memory_checks, codec_checks, local_checks, policy_checks, sink_checks}) {
    for (const Check& check : group()) all.push_back(check);
  }
  return all;
}

namespace {

using Kind = Finding::Kind;

// A finding travels as lines: first what the check was doing, then the word of its kind, then the reason.
constexpr std::string_view kWords[] = {"\1passed\n", "\1failed\n", "\1skipped\n", "\1absent\n"};

std::optional<Finding> finding_in(const std::string& answer) {
  for (const Kind kind : {Kind::passed, Kind::failed, Kind::skipped, Kind::absent}) {
    const std::string_view word = kWords[static_cast<int>(kind)];
    const auto at = answer.find(word);
    if (at != std::string::npos) return Finding{kind, answer.substr(at + word.size())};
  }
  return std::nullopt;
}

std::string take(std::string& task) {
  std::string field = task.substr(0, task.find('\0'));
  task.erase(0, field.size() + 1);
  return field;
}

Finding look(const CheckedPlugin& checked, std::string_view name) {
  for (const Check& check : all_checks()) {
    if (check.name != name) continue;
    try {
      check.run(checked);
      return {};
    } catch (const Finding& finding) {
      return finding;
    }
  }
  return {Kind::failed, "there is no such check"};
}

}  // namespace

Finding Runner::one(const CheckedPlugin& checked, std::string_view name) const {
  std::string task;
  for (const std::string_view field :
       {std::string_view(name), std::string_view(checked.file.native()),
        std::string_view(checked.configured ? "1" : ""), std::string_view(checked.config)}) {
    task.append(field).push_back('\0');
  }
  const core::Result<modules::ChildEnd> end = modules::run_in_child(program, kCheckCommand, task, time_limit);
  if (!end.ok()) return {Kind::failed, std::string(end.status().message())};
  std::optional<Finding> finding = finding_in(end->answer);
  // The check passed, but its process did not end well: that is a failure.
  if (finding && (end->fine() || finding->kind == Kind::failed)) return *std::move(finding);
  return {Kind::failed, "it " + end->how(time_limit)};
}

std::vector<CheckResult> Runner::all(const CheckedPlugin& checked,
                                     const std::function<void(const CheckResult&)>& told) const {
  std::vector<CheckResult> results;
  std::string blocked;
  for (const Check& check : all_checks()) {
    const bool skipped = !blocked.empty() && check.group() != "file";
    Finding finding = skipped ? Finding{Kind::skipped, blocked} : one(checked, check.name);
    if (finding.kind == Kind::absent) continue;
    if (check.group() == "load" && finding.kind != Kind::passed && blocked.empty())
      blocked = "since " + std::string(check.name) + " did not pass";
    results.push_back({check, std::move(finding), skipped});
    if (told) told(results.back());
  }
  return results;
}

void run_check() {
  std::string task = modules::child_task();
  const std::string name = take(task);
  CheckedPlugin checked;
  checked.file = take(task);
  checked.configured = !take(task).empty();
  checked.config = take(task);
  const Finding finding = look(checked, name);
  modules::child_says(std::string(kWords[static_cast<int>(finding.kind)]) + finding.why);
  ::_exit(0);
}

}  // namespace gatehouse::conformance
