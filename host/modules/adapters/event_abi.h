// Translates a plugin's event into core's. Views into the plugin's event, valid as long as it is; any thread.
#pragma once

#include <gatehouse/abi.h>

#include <optional>

#include "core/reply/reply.h"

namespace gatehouse::modules {

// nullopt for an empty text, which only carries its json, and for a kind that this gateway does not know: a newer
// plugin may emit one.
std::optional<core::Event> to_event(const gh_event& raw);

}  // namespace gatehouse::modules
