#include "dialects/anthropic/anthropic_json.h"

#include <algorithm>
#include <iterator>

namespace gatehouse::dialects {

using core::JsonObject;

namespace {

constexpr int kOverloaded = 529;

std::string_view stop_reason(std::string_view reason, std::string_view own, std::string_view stop_sequence) {
  constexpr std::string_view kOwn[] = {
      "end_turn", "max_tokens", "stop_sequence", "tool_use", "pause_turn", "refusal", "model_context_window_exceeded"};
  if (std::find(std::begin(kOwn), std::end(kOwn), own) != std::end(kOwn)) return own;
  if (reason == "length") return "max_tokens";
  if (reason == "tool_calls") return "tool_use";
  if (reason == "content_filter") return "refusal";
  return stop_sequence.empty() ? "end_turn" : "stop_sequence";
}

std::string_view error_type(int http_status) {
  switch (http_status) {
    case 401: return "authentication_error";
    case 402: return "billing_error";
    case 403: return "permission_error";
    case 404: return "not_found_error";
    case 409: return "conflict_error";
    case 413: return "request_too_large";
    case 429: return "rate_limit_error";
    case 504: return "timeout_error";
    case kOverloaded: return "overloaded_error";
    default: return http_status < 500 ? "invalid_request_error" : "api_error";
  }
}

}  // namespace

void append_anthropic_usage(JsonObject& object, const core::Usage& usage) {
  const std::uint64_t apart = usage.cached + usage.cache_write;
  JsonObject json(object.key("usage"));
  json.add("input_tokens", usage.input - std::min(apart, usage.input));
  json.add("cache_creation_input_tokens", usage.cache_write).add("cache_read_input_tokens", usage.cached);
  json.add("output_tokens", usage.output);
  if (usage.reasoning != 0) {
    JsonObject details(json.key("output_tokens_details"));
    details.add("thinking_tokens", usage.reasoning);
  }
}

void append_stop_reason(JsonObject& object, std::string_view reason, std::string_view own,
                        std::string_view stop_sequence) {
  object.add("stop_reason", stop_reason(reason, own, stop_sequence)).add_or_null("stop_sequence", stop_sequence);
}

int anthropic_http_status(const core::Status& status) {
  return status.http_status() == 503 ? kOverloaded : status.http_status();
}

void append_anthropic_error(const core::Status& status, std::string_view request_id, std::string& out) {
  JsonObject json(out);
  json.add("type", "error");
  JsonObject error(json.key("error"));
  error.add("type", error_type(anthropic_http_status(status))).add("message", status.message()).close();
  json.add_or_null("request_id", request_id);
}

}  // namespace gatehouse::dialects
