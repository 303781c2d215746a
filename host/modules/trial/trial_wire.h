// How a trial travels to its process, and what comes back. Both ends are the same build. Functions; any thread.
// The trial: its fields, each ended by a NUL, then the state as it is. The answer: the name of each step as it begins,
// a line each, and between them notes: what was found, and what it warns of; then "fine", or "no" and the reason.
#pragma once

#include <string>
#include <string_view>

#include "modules/trial/preflight.h"

namespace gatehouse::modules {

inline constexpr std::string_view kTrialFine = "fine\n";
inline constexpr std::string_view kTrialRefused = "no\n";
inline constexpr std::string_view kTrialFound = "found: ";  // interface id and version
inline constexpr std::string_view kTrialWarns = "warns: ";  // a line of the plugin's

std::string to_wire(const Trial& trial);
Trial from_wire(std::string_view bytes);

}  // namespace gatehouse::modules
