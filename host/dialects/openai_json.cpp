#include "dialects/openai_json.h"

namespace gatehouse::dialects {

using core::JsonObject;

void append_usage(JsonObject& object, const core::Usage& usage) {
  std::string& out = object.key("usage");
  JsonObject json(out);
  json.add("prompt_tokens", usage.input).add("completion_tokens", usage.output).add("total_tokens", usage.total());
  if (usage.cached != 0 || usage.cache_write != 0) {
    JsonObject details(json.key("prompt_tokens_details"));
    details.add("cached_tokens", usage.cached).add("cache_write_tokens", usage.cache_write).close();
  }
  if (usage.reasoning != 0) {
    JsonObject details(json.key("completion_tokens_details"));
    details.add("reasoning_tokens", usage.reasoning).close();
  }
  json.close();
}

void append_tool_calls(JsonObject& message, const std::vector<core::ToolCall>& calls) {
  if (calls.empty()) return;
  std::string& out = message.key("tool_calls");
  out += '[';
  for (const core::ToolCall& call : calls) {
    if (out.back() != '[') out += ',';
    JsonObject json(out);
    json.add("id", call.id).add("type", "function");
    JsonObject function(json.key("function"));
    function.add("name", call.name).add("arguments", call.arguments).close();
    json.close();
  }
  out += ']';
}

void append_tool_call_piece(JsonObject& delta, const core::Event& event) {
  std::string& out = delta.key("tool_calls");
  out += '[';
  JsonObject json(out);
  json.add("index", event.index);
  if (!event.id.empty()) json.add("id", event.id).add("type", "function");
  JsonObject function(json.key("function"));
  if (!event.name.empty()) function.add("name", event.name);
  function.add("arguments", event.text).close();
  json.close();
  out += ']';
}

}  // namespace gatehouse::dialects
