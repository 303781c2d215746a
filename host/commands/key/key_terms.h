// What a key's holder may do, as it is written on the command line. Functions without state.
#pragma once

#include <cstdint>
#include <string_view>

#include "commands/command.h"
#include "core/request/caller.h"
#include "core/status.h"

namespace gatehouse::commands {

// From --client, --team, --models, --expires and the options of its limits (key_limits.h). `now`: unix seconds.
core::Result<core::KeyTerms> key_terms(const Arguments& arguments, std::int64_t now);

}  // namespace gatehouse::commands
