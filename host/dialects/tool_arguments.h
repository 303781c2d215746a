// A tool call's arguments, for dialects that want them as JSON instead of as text. Function without state; any thread.
#pragma once

#include <string>

#include "core/reply/reply_collector.h"
#include "core/status.h"

namespace gatehouse::dialects {

// The arguments as one JSON object; upstream_failed when the model wrote none.
core::Result<std::string> arguments_object(const core::ToolCall& call);

}  // namespace gatehouse::dialects
