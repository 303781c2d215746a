// Reads a request of OpenAI's Responses API as a chat request. Nothing is stored here, so what names
// stored state is refused. Functions without state; any thread.
#pragma once

#include "core/request/chat_request.h"
#include "core/status.h"

namespace gatehouse::dialects {

core::Result<core::ChatRequest> read_responses_request(const core::PaddedBytes& body);

}  // namespace gatehouse::dialects
