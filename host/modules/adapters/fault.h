// Whether a codec's failed call is the plugin's own fault. A provider's refusal, error or nonsense is not, nor is a
// request that cannot be put. Functions without state; any thread.
#pragma once

#include <gatehouse/abi.h>

#include "core/reply/framing.h"

namespace gatehouse::modules {

// A call before the provider has said anything.
bool is_own_fault(gh_status status);
// A call that was to read this of the provider's answer.
bool is_own_fault(gh_status status, int http_status, const core::Frame& frame);

}  // namespace gatehouse::modules
