// Asks a second build of a policy what the live build was asked, and says where the two differ.
// Functions without state; the policy is called on the calling thread.
#pragma once

#include <compare>
#include <string_view>
#include <vector>

#include "core/policy/policy.h"
#include "modules/shadow/transcript.h"

namespace gatehouse::modules {

// What both said at one step; of a stream's many pieces the gravest verdict.
struct Compared {
  Transcript::Step step = Transcript::Step::request;
  core::Verdict::Kind live = core::Verdict::Kind::allow;
  core::Verdict::Kind shadow = core::Verdict::Kind::allow;
  bool same = true;  // false also where both modify, or both deny, but differently

  auto operator<=>(const Compared&) const = default;
};

// One entry per step at which the live policy was asked, up to the step where the shadow would have ended the
// exchange. REQUIRES: seen.whole.
std::vector<Compared> compare(core::Policy& shadow, const Transcript& seen);

std::string_view name(Transcript::Step step);

}  // namespace gatehouse::modules
