// The system prompt and the messages of a request of Anthropic's, as those of a chat request. Throws
// as foreign_json.h says. Functions without state; any thread.
#pragma once

#include "dialects/foreign_json.h"

namespace gatehouse::dialects {

// Adds "messages".
void append_anthropic_messages(object request, core::JsonObject& out);

}  // namespace gatehouse::dialects
