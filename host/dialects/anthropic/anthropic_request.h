// Reads a request of Anthropic's messages API as a chat request: both versions of its wire, 2023-06-01
// and 2026-10-21. Functions without state; any thread.
#pragma once

#include "core/request/chat_request.h"
#include "core/status.h"

namespace gatehouse::dialects {

enum class MaxTokens { required, optional };  // optional where tokens are only counted

core::Result<core::ChatRequest> read_anthropic_request(const core::PaddedBytes& body, MaxTokens max_tokens);

}  // namespace gatehouse::dialects
