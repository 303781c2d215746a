// The blocks of Anthropic's wire that a user's message and a tool's result may hold, as parts of a chat
// request's message. Throws as foreign_json.h says. Functions without state; any thread.
#pragma once

#include <string>

#include "dialects/foreign_json.h"

namespace gatehouse::dialects {

// A text, an image or a document; path: the block's.
void append_anthropic_part(std::string& out, object block, const std::string& path);

// Adds "content". It is a string, or an array of such blocks.
void append_anthropic_content(core::JsonObject& message, element content, const std::string& path);

}  // namespace gatehouse::dialects
