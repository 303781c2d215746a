#include "dialects/responses/responses_json.h"

#include "dialects/reasoning_seal.h"

namespace gatehouse::dialects {

using core::JsonArray;
using core::JsonObject;
using Kind = ResponseItem::Kind;

std::string item_id(Kind kind, const AnswerHead& head, std::size_t place) {
  const char* prefix = kind == Kind::message ? "msg_" : kind == Kind::call ? "fc_" : "rs_";
  return prefix + std::string(head.id) + "-" + std::to_string(place);
}

std::string opaque_of(bool words, std::string_view format, std::string_view tool_call, std::string_view data) {
  return format.empty() && data.empty() ? std::string() : wrap({format, tool_call, data, words});
}

void append_text_part(std::string& out, Kind kind, std::string_view text) {
  JsonObject part(out);
  part.add("type", kind == Kind::message ? "output_text" : "summary_text").add("text", text);
  if (kind == Kind::message) part.add_raw("annotations", "[]").add_raw("logprobs", "[]");
}

void append_item(std::string& out, const ResponseItem& item, bool begun) {
  JsonObject json(out);
  json.add("id", item.id);
  switch (item.kind) {
    case Kind::message: json.add("type", "message").add("role", "assistant"); break;
    case Kind::call:
      json.add("type", "function_call").add("call_id", item.call_id).add("name", item.name);
      json.add("arguments", begun ? std::string_view() : std::string_view(item.text));
      break;
    case Kind::reasoning: json.add("type", "reasoning"); break;
  }
  if (item.kind != Kind::call) {
    JsonArray parts(json.key(item.kind == Kind::message ? "content" : "summary"));
    if (!begun && !item.text.empty()) append_text_part(parts.next(), item.kind, item.text);
  }
  if (item.kind == Kind::reasoning)
    json.add_or_null("encrypted_content", begun ? std::string_view() : std::string_view(item.opaque));
  else
    json.add("status", begun ? "in_progress" : "completed");
}

namespace {

void append_failure(JsonObject& json, const core::Status& status) {
  JsonObject error(json.key("error"));
  // The words that OpenAI has for it.
  const bool limited = status.code() == core::Code::rate_limited;
  error.add("code", limited ? "rate_limit_exceeded" : "server_error").add("message", status.message());
}

void append_response_usage(JsonObject& json, const core::Usage& usage) {
  JsonObject counts(json.key("usage"));
  counts.add("input_tokens", usage.input);
  JsonObject(counts.key("input_tokens_details"))
      .add("cached_tokens", usage.cached)
      .add("cache_write_tokens", usage.cache_write);
  counts.add("output_tokens", usage.output);
  JsonObject(counts.key("output_tokens_details")).add("reasoning_tokens", usage.reasoning);
  counts.add("total_tokens", usage.total());
}

}  // namespace

void append_response(std::string& out, const AnswerHead& head, const ResponseState& state) {
  JsonObject json(out);
  json.add("id", "resp_" + std::string(head.id)).add("object", "response").add("created_at", head.created);
  json.add("status", state.status).add("model", head.model);
  if (state.failure)
    append_failure(json, *state.failure);
  else
    json.add_raw("error", "null");
  if (state.incomplete_reason.empty()) {
    json.add_raw("incomplete_details", "null");
  } else {
    JsonObject details(json.key("incomplete_details"));
    details.add("reason", state.incomplete_reason);
  }
  json.add("store", false);
  JsonArray(json.key("output")).add_each(state.output, [](std::string& list, const ResponseItem& item) {
    append_item(list, item, false);
  });
  if (state.usage)
    append_response_usage(json, *state.usage);
  else
    json.add_raw("usage", "null");
}

ResponseState ended(std::string_view finish_reason) {
  ResponseState state;
  if (finish_reason == "length") state.incomplete_reason = "max_output_tokens";
  if (finish_reason == "content_filter") state.incomplete_reason = "content_filter";
  if (!state.incomplete_reason.empty()) state.status = "incomplete";
  return state;
}

}  // namespace gatehouse::dialects
