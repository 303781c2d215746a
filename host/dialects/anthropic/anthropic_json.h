// Pieces of Anthropic's JSON that whole answers and streams share. Functions without state; any thread.
#pragma once

#include <string>
#include <string_view>

#include "core/text/json_writer.h"
#include "core/reply/reply_collector.h"
#include "core/status.h"

namespace gatehouse::dialects {

// "usage": {...}. Anthropic counts what came from a cache or went there apart from input_tokens.
void append_anthropic_usage(core::JsonObject& object, const core::Usage& usage);

// "stop_reason" and "stop_sequence". own: the provider's word, which is Anthropic's where it is one.
void append_stop_reason(core::JsonObject& object, std::string_view reason, std::string_view own,
                        std::string_view stop_sequence);

// {"type":"error",…}
void append_anthropic_error(const core::Status& status, std::string_view request_id, std::string& out);
int anthropic_http_status(const core::Status& status);

}  // namespace gatehouse::dialects
