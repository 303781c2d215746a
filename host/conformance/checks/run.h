// START HERE for `gatehouse plugin check`: runs the checks, each in a process of its own with a time limit, so that a
// crash or a hang is a failure like any other. One thread at a time.
#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "conformance/check.h"

namespace gatehouse::conformance {

std::vector<Check> all_checks();

struct CheckResult {
  Check check;
  Finding finding;
  bool blocked = false;  // skipped, because the plugin could not be loaded or created
};

struct Runner {
  std::chrono::milliseconds time_limit{20'000};  // of each check
  std::string program = "/proc/self/exe";        // runs run_check() when called with kCheckCommand

  // Runs all checks that apply, in their order. If the plugin cannot be loaded or created, the checks that need it are
  // skipped. `told`, when given, is called as each check ends.
  std::vector<CheckResult> all(const CheckedPlugin& checked,
                               const std::function<void(const CheckResult&)>& told = {}) const;
  // Runs one check. REQUIRES: there is a check of that name.
  Finding one(const CheckedPlugin& checked, std::string_view name) const;
};

// The child's side.
inline constexpr std::string_view kCheckCommand = "plugin-check";
// Reads from standard input which check to run, runs it, writes its finding, and exits.
[[noreturn]] void run_check();

}  // namespace gatehouse::conformance
