#include "dialects/responses/responses_request.h"

#include "dialects/foreign_json.h"
#include "dialects/responses/responses_input.h"

namespace gatehouse::dialects {

using core::JsonArray;
using core::JsonObject;

namespace {

constexpr std::string_view kStored = "needs stored state, and this gateway stores no responses: send the whole input";

void refuse_state(object request) {
  for (const char* name : {"previous_response_id", "conversation", "prompt"}) {
    if (field(request, name)) throw unsupported(name, kStored);
  }
  for (const char* name : {"store", "background"}) {
    if (find<bool>(request, name, "").value_or(false)) throw unsupported(name, kStored);
  }
  if (const std::string_view truncation = text_or_empty(request, "truncation"); truncation == "auto") {
    throw unsupported("truncation", "must be disabled: this gateway leaves nothing out");
  }
  if (const auto include = find<array>(request, "include", "")) {
    for (const element what : *include) {
      const auto name = as<std::string_view>(what, "include", "must be an array of strings");
      if (name != "reasoning.encrypted_content")
        throw unsupported("include", "may hold reasoning.encrypted_content only");
    }
  }
}

void append_tools(object request, JsonObject& out) {
  const auto given = find<array>(request, "tools", "");
  if (!given) return;
  JsonArray tools(out.key("tools"));
  std::size_t index = 0;
  for (const element entry : *given) {
    check_room_for_tool(index);
    const std::string path = item("tools", index++);
    const object tool = as<object>(entry, path);
    if (need_text(tool, "type", path) != "function") {
      throw unsupported(path + ".type", "must be function: a tool that runs at OpenAI cannot be carried");
    }
    JsonObject json(tools.next());
    JsonObject function(json.add("type", "function").key("function"));
    function.add("name", need_text(tool, "name", path));
    copy(tool, {"description", "parameters", "strict"}, function);
  }
}

void append_tool_choice(object request, JsonObject& out) {
  const auto given = field(request, "tool_choice");
  if (!given) return;
  if (given->is_string()) return void(out.add_raw("tool_choice", raw(*given)));
  const object choice = as<object>(*given, "tool_choice");
  if (need_text(choice, "type", "tool_choice") != "function") {
    throw unsupported("tool_choice.type", "must be function");
  }
  JsonObject named(out.key("tool_choice"));
  JsonObject function(named.add("type", "function").key("function"));
  function.add("name", need_text(choice, "name", "tool_choice"));
}

void append_text(object request, JsonObject& out) {
  const auto text = find<object>(request, "text", "");
  if (!text) return;
  refuse_others(*text, {"format", "verbosity"}, "text");
  copy(*text, {"verbosity"}, out);
  const auto format = find<object>(*text, "format", "text");
  if (!format) return;
  const std::string_view type = need_text(*format, "type", "text.format");
  JsonObject response(out.key("response_format"));
  response.add("type", type);
  if (type == "json_schema") {
    JsonObject schema(response.key("json_schema"));
    copy(*format, {"name", "description", "schema", "strict"}, schema);
  }
}

void append_reasoning(object request, JsonObject& out) {
  const auto reasoning = find<object>(request, "reasoning", "");
  if (!reasoning) return;
  refuse_others(*reasoning, {"effort", "summary", "generate_summary"}, "reasoning");
  if (const auto effort = field(*reasoning, "effort")) out.add_raw("reasoning_effort", raw(*effort));
}

std::string translate(object request) {
  refuse_state(request);
  refuse_others(request,
                {"model",
                 "input",
                 "instructions",
                 "max_output_tokens",
                 "tools",
                 "tool_choice",
                 "parallel_tool_calls",
                 "text",
                 "reasoning",
                 "store",
                 "background",
                 "truncation",
                 "include",
                 "stream",
                 "stream_options",
                 "temperature",
                 "top_p",
                 "metadata",
                 "user",
                 "safety_identifier",
                 "prompt_cache_key",
                 "service_tier",
                 "prompt_cache_retention",
                 "prompt_cache_options",
                 "max_tool_calls"},
                "");
  std::string json;
  JsonObject out(json);
  out.add("model", need_text(request, "model", ""));
  append_responses_input(request, out);
  if (const auto most = field(request, "max_output_tokens")) out.add_raw("max_completion_tokens", raw(*most));
  copy(request,
       {"stream", "temperature", "top_p", "parallel_tool_calls", "metadata", "user", "safety_identifier",
        "prompt_cache_key", "prompt_cache_retention", "prompt_cache_options", "service_tier"},
       out);
  append_tools(request, out);
  append_tool_choice(request, out);
  append_text(request, out);
  append_reasoning(request, out);
  out.close();
  return json;
}

}  // namespace

core::Result<core::ChatRequest> read_responses_request(const core::PaddedBytes& body) {
  return read_translated(body, translate);
}

}  // namespace gatehouse::dialects
