// Pieces of OpenAI's JSON that more than one dialect writes. Functions without state; any thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/text/json_writer.h"
#include "core/reply/reply.h"
#include "core/reply/reply_collector.h"
#include "core/status.h"

namespace gatehouse::dialects {

// "usage": {...} in chat-completions shape.
void append_usage(core::JsonObject& object, const core::Usage& usage);

// "tool_calls": [...] of a whole message; nothing when there are none.
void append_tool_calls(core::JsonObject& message, const std::vector<core::ToolCall>& calls);

// "tool_calls": [...] with one streamed piece.
void append_tool_call_piece(core::JsonObject& delta, const core::Event& event);

// "reasoning_content", for reading, and "reasoning_details", for giving back: see abi.h. Of a whole
// message, or of one streamed piece; nothing when there is none.
void append_reasoning(core::JsonObject& message, const std::vector<core::Reasoning>& reasoning);
void append_reasoning_piece(core::JsonObject& delta, const core::Event& event);

// {"error":{…}} as OpenAI answers it.
void append_openai_error(const core::Status& status, std::string& out);

}  // namespace gatehouse::dialects
