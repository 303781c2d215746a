#include "dialects/openai_json.h"

#include "dialects/reasoning_seal.h"

namespace gatehouse::dialects {

using core::Code;
using core::JsonArray;
using core::JsonObject;

namespace {

// What OpenAI's own servers put in error.type and error.code.
std::string_view error_type(const core::Failure& failure, int http_status) {
  switch (failure.code) {
    case Code::not_found:
    case Code::method_not_allowed:
    case Code::too_large: return "invalid_request_error";
    case Code::rate_limited:
      if (failure.reason == "tokens" || failure.reason == "insufficient_quota") return failure.reason;
      return "requests";
    default: return http_status >= 500 ? "server_error" : core::info(failure.code).type;
  }
}

std::string_view error_code(const core::Failure& failure) {
  if (failure.code == Code::rate_limited && failure.reason != "insufficient_quota") return "rate_limit_exceeded";
  if (!failure.reason.empty()) return failure.reason;
  switch (failure.code) {
    case Code::unauthenticated: return "invalid_api_key";
    case Code::too_large: return "request_too_large";
    case Code::upstream_failed:
    case Code::upstream_unreachable:
    case Code::upstream_timeout:
    case Code::overloaded: return core::info(failure.code).type;
    default: return {};
  }
}

}  // namespace

void append_openai_error(const core::Status& status, std::string& out) {
  const core::Failure& failure = status.failure();
  JsonObject json(out);
  JsonObject error(json.key("error"));
  error.add("message", failure.message).add("type", error_type(failure, status.http_status()));
  error.add_or_null("param", failure.param).add_or_null("code", error_code(failure));
  if (!failure.policy.empty()) error.add("policy", failure.policy);
}

void append_usage(JsonObject& object, const core::Usage& usage) {
  JsonObject json(object.key("usage"));
  json.add("prompt_tokens", usage.input).add("completion_tokens", usage.output).add("total_tokens", usage.total());
  if (usage.cached != 0 || usage.cache_write != 0) {
    JsonObject details(json.key("prompt_tokens_details"));
    details.add("cached_tokens", usage.cached).add("cache_write_tokens", usage.cache_write);
  }
  if (usage.reasoning != 0) {
    JsonObject details(json.key("completion_tokens_details"));
    details.add("reasoning_tokens", usage.reasoning);
  }
}

void append_tool_calls(JsonObject& message, const std::vector<core::ToolCall>& calls) {
  if (calls.empty()) return;
  JsonArray list(message.key("tool_calls"));
  for (const core::ToolCall& call : calls) {
    JsonObject json(list.next());
    json.add("id", call.id).add("type", "function");
    JsonObject function(json.key("function"));
    function.add("name", call.name).add("arguments", call.arguments);
  }
}

void append_tool_call_piece(JsonObject& delta, const core::Event& event) {
  JsonArray list(delta.key("tool_calls"));
  JsonObject json(list.next());
  json.add("index", event.index);
  if (!event.id.empty()) json.add("id", event.id).add("type", "function");
  JsonObject function(json.key("function"));
  if (!event.name.empty()) function.add("name", event.name);
  function.add("arguments", event.text);
}

void append_reasoning(JsonObject& message, const std::vector<core::Reasoning>& reasoning) {
  if (reasoning.empty()) return;
  std::string words;
  for (const core::Reasoning& one : reasoning) {
    if (!one.sealed) words += one.text;
  }
  if (!words.empty()) message.add("reasoning_content", words);
  JsonArray details(message.key("reasoning_details"));
  std::size_t index = 0;
  for (const core::Reasoning& one : reasoning) {
    append_reasoning_detail(details, index++, one.text,
                            {one.format, one.tool_call, one.sealed ? one.text : one.signature, !one.sealed});
  }
}

void append_reasoning_piece(JsonObject& delta, const core::Event& event) {
  const bool words = event.kind == core::Event::Kind::reasoning;
  if (!words && event.kind != core::Event::Kind::sealed) return;
  if (words && !event.text.empty()) delta.add("reasoning_content", event.text);
  if (event.name.empty() && event.id.empty()) return;  // nobody wants it back
  JsonArray details(delta.key("reasoning_details"));
  const Seal seal = words ? Seal{event.name, {}, event.id, true} : Seal{event.name, event.id, event.text, false};
  append_reasoning_detail(details, event.index, event.text, seal);
}

}  // namespace gatehouse::dialects
