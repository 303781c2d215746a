// Pieces of OpenAI's Responses JSON that whole answers and streams share: output items and the response
// object around them. Functions without state.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "core/text/json_writer.h"
#include "core/reply/reply_collector.h"
#include "core/status.h"
#include "dialects/dialect.h"

namespace gatehouse::dialects {

// One output item, whole or as far as it has come.
struct ResponseItem {
  enum class Kind { message, call, reasoning };
  Kind kind = Kind::message;
  std::string id;       // of the item
  std::string text;     // message, reasoning; call: the arguments
  std::string call_id;  // call
  std::string name;     // call
  std::string opaque;   // reasoning: what the caller gives back
};

// The id of the item at this place of an answer's output.
std::string item_id(ResponseItem::Kind kind, const AnswerHead& head, std::size_t place);

// What the caller is to give back of a piece of reasoning; empty when there is nothing.
std::string opaque_of(bool words, std::string_view format, std::string_view tool_call, std::string_view data);

// begun: as it is when it has only just begun, without its content.
void append_item(std::string& out, const ResponseItem& item, bool begun);

// The part of a message, or of a reasoning's summary, with this text.
void append_text_part(std::string& out, ResponseItem::Kind kind, std::string_view text);

// The response object.
struct ResponseState {
  std::string_view status = "completed";  // in_progress, completed, incomplete, failed
  std::string_view incomplete_reason;     // "max_output_tokens", "content_filter"
  const core::Status* failure = nullptr;
  std::span<const ResponseItem> output = {};  // what is done
  const core::Usage* usage = nullptr;
};
void append_response(std::string& out, const AnswerHead& head, const ResponseState& state);

// How an answer that ended for this reason ended.
ResponseState ended(std::string_view finish_reason);

}  // namespace gatehouse::dialects
