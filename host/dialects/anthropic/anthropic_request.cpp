#include "dialects/anthropic/anthropic_request.h"

#include "dialects/anthropic/anthropic_content.h"
#include "dialects/foreign_json.h"

namespace gatehouse::dialects {

using core::JsonArray;
using core::JsonObject;

namespace {

void append_tools(object request, JsonObject& out) {
  const auto given = find<array>(request, "tools", "");
  if (!given) return;
  JsonArray tools(out.key("tools"));
  std::size_t index = 0;
  for (const element entry : *given) {
    check_room_for_tool(index);
    const std::string path = item("tools", index++);
    const object tool = as<object>(entry, path);
    const std::string_view type = text_or_empty(tool, "type");
    if (!type.empty() && type != "custom") {
      throw unsupported(path + ".type", "must be custom: a tool that runs at Anthropic cannot be carried");
    }
    JsonObject json(tools.next());
    json.add("type", "function");
    JsonObject function(json.key("function"));
    function.add("name", need_text(tool, "name", path));
    copy(tool, {"description"}, function);
    if (const auto schema = field(tool, "input_schema")) function.add_raw("parameters", raw(*schema));
    copy(tool, {"strict"}, function);
    function.close();
    copy(tool, {"cache_control"}, json);
  }
}

void append_tool_choice(object request, JsonObject& out) {
  const auto given = find<object>(request, "tool_choice", "");
  if (!given) return;
  const object choice = *given;
  const std::string_view type = need_text(choice, "type", "tool_choice");
  if (type == "auto" || type == "none") {
    out.add("tool_choice", type);
  } else if (type == "any") {
    out.add("tool_choice", "required");
  } else if (type == "tool") {
    JsonObject named(out.key("tool_choice"));
    JsonObject function(named.add("type", "function").key("function"));
    function.add("name", need_text(choice, "name", "tool_choice"));
  } else {
    throw wrong("tool_choice.type", "must be auto, any, tool or none");
  }
  const auto alone = find<bool>(choice, "disable_parallel_tool_use", "tool_choice");
  if (alone.value_or(false)) out.add("parallel_tool_calls", false);
}

std::string_view effort_of(std::uint64_t budget) { return budget <= 2048 ? "low" : budget <= 8192 ? "medium" : "high"; }

// How long to think: a budget, or a word in output_config, which counts where both are given.
void append_thinking(object request, std::string_view effort, JsonObject& out) {
  const auto given = field(request, "thinking");
  if (given) {
    const object thinking = as<object>(*given, "thinking");
    const std::string_view type = need_text(thinking, "type", "thinking");
    if (type != "enabled" && type != "adaptive" && type != "disabled") {
      throw wrong("thinking.type", "must be enabled, adaptive or disabled");
    }
    if (type != "disabled") out.add_raw("thinking", raw(*given));
    if (type == "enabled" && effort.empty()) {
      effort = effort_of(need<std::uint64_t>(thinking, "budget_tokens", "thinking"));
    }
  }
  if (!effort.empty()) out.add("reasoning_effort", effort);
}

void append_output_config(object request, JsonObject& out) {
  std::string_view effort;
  if (const auto given = field(request, "output_config")) {
    const object config = as<object>(*given, "output_config");
    refuse_others(config, {"effort", "format"}, "output_config");
    effort = text_or_empty(config, "effort");
    if (const auto wanted = field(config, "format")) {
      const object format = as<object>(*wanted, "output_config.format");
      if (need_text(format, "type", "output_config.format") != "json_schema") {
        throw wrong("output_config.format.type", "must be json_schema");
      }
      const element schema = need(format, "schema", "output_config.format");
      JsonObject response(out.key("response_format"));
      JsonObject wrapped(response.add("type", "json_schema").key("json_schema"));
      wrapped.add("name", "output").add("strict", true).add_raw("schema", raw(schema));
    }
  }
  append_thinking(request, effort, out);
}

// The user, and all else as chat's metadata, where tags are read from.
void append_metadata(object request, JsonObject& out) {
  const auto given = find<object>(request, "metadata", "");
  if (!given) return;
  const std::string_view user = text_or_empty(*given, "user_id");
  if (!user.empty()) out.add("user", user);
  const std::size_t of_user = field(*given, "user_id") ? 1 : 0;
  if (given->size() == of_user) return;
  JsonObject others(out.key("metadata"));
  for (const auto [name, value] : *given) {
    if (name != "user_id") others.add_raw(name, raw(value));
  }
}

void append_service_tier(object request, JsonObject& out) {
  const std::string_view tier = text_or_empty(request, "service_tier");
  if (tier == "standard_only") out.add("service_tier", "default");
}

std::string translate(object request, MaxTokens max_tokens) {
  refuse_others(
      request,
      {"model", "max_tokens", "messages", "system", "stop_sequences", "stream", "tools", "tool_choice", "thinking",
       "output_config", "metadata", "service_tier", "cache_control", "temperature", "top_p", "top_k"},
      "");
  std::string json;
  JsonObject out(json);
  out.add("model", need_text(request, "model", ""));
  append_anthropic_messages(request, out);
  if (const auto most = field(request, "max_tokens")) {
    out.add_raw("max_completion_tokens", raw(*most));
  } else if (max_tokens == MaxTokens::required) {
    throw missing("max_tokens");
  }
  copy(request, {"stream", "temperature", "top_p", "top_k", "cache_control"}, out);
  if (const auto stop = field(request, "stop_sequences")) out.add_raw("stop", raw(*stop));
  append_tools(request, out);
  append_tool_choice(request, out);
  append_output_config(request, out);
  append_metadata(request, out);
  append_service_tier(request, out);
  out.close();
  return json;
}

}  // namespace

core::Result<core::ChatRequest> read_anthropic_request(const core::PaddedBytes& body, MaxTokens max_tokens) {
  return read_translated(body, [&](object request) { return translate(request, max_tokens); });
}

}  // namespace gatehouse::dialects
