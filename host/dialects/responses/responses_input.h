// The instructions and input items of a Responses request, as the messages of a chat request. Throws
// as foreign_json.h says. Functions without state; any thread.
#pragma once

#include "dialects/foreign_json.h"

namespace gatehouse::dialects {

// Adds "messages".
void append_responses_input(object request, core::JsonObject& out);

}  // namespace gatehouse::dialects
