// Pieces of OpenAI's JSON that more than one dialect writes. Functions without state.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/json_writer.h"
#include "core/reply.h"
#include "core/reply_collector.h"

namespace gatehouse::dialects {

// "usage": {...} in chat-completions shape.
void append_usage(core::JsonObject& object, const core::Usage& usage);

// "tool_calls": [...] of a whole message; nothing when there are none.
void append_tool_calls(core::JsonObject& message, const std::vector<core::ToolCall>& calls);

// "tool_calls": [...] with one streamed piece.
void append_tool_call_piece(core::JsonObject& delta, const core::Event& event);

}  // namespace gatehouse::dialects
