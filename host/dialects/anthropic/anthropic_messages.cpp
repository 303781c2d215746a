#include "dialects/anthropic/anthropic_messages.h"

#include "dialects/anthropic/anthropic_json.h"
#include "dialects/anthropic/anthropic_request.h"
#include "dialects/anthropic/anthropic_stream.h"
#include "dialects/reasoning_seal.h"
#include "dialects/tool_arguments.h"

namespace gatehouse::dialects {

using core::JsonArray;
using core::JsonObject;

namespace {

void append_reasoning(JsonArray& content, const core::Reasoning& reasoning) {
  const bool ours = reasoning.format == kAnthropicFormat;
  const std::string& data = reasoning.sealed ? reasoning.text : reasoning.signature;
  const std::string opaque = ours ? data : wrap({reasoning.format, reasoning.tool_call, data, !reasoning.sealed});
  JsonObject block(content.next());
  if (reasoning.sealed)
    block.add("type", "redacted_thinking").add("data", opaque);
  else
    block.add("type", "thinking").add("thinking", reasoning.text).add("signature", opaque);
}

core::Status append_call(JsonArray& content, const core::ToolCall& call) {
  GH_ASSIGN(const std::string input, arguments_object(call));
  JsonObject block(content.next());
  block.add("type", "tool_use").add("id", call.id).add("name", call.name).add_raw("input", input);
  return {};
}

core::Status append_content(JsonObject& json, const core::Choice& choice) {
  JsonArray content(json.key("content"));
  for (const core::Reasoning& reasoning : choice.reasoning) append_reasoning(content, reasoning);
  if (!choice.text.empty()) {
    JsonObject block(content.next());
    block.add("type", "text").add("text", choice.text);
  }
  for (const core::ToolCall& call : choice.tool_calls) GH_TRY(append_call(content, call));
  return {};
}

}  // namespace

core::Result<Question> AnthropicMessages::read(core::PaddedBytes body) const {
  GH_ASSIGN(auto&& request, read_anthropic_request(body, MaxTokens::required));
  return Question{std::move(request), {}, {}};
}

core::Status AnthropicMessages::whole(const AnswerHead& head, const core::ChatRequest&, const core::Reply& reply,
                                      std::string& out) const {
  const core::Choice& choice = reply.first_choice();
  JsonObject json(out);
  json.add("id", head.id).add("type", "message").add("role", "assistant").add("model", head.model);
  GH_TRY(append_content(json, choice));
  append_stop_reason(json, choice.finish_reason, choice.own_finish_reason, choice.stop_sequence);
  append_anthropic_usage(json, reply.usage);
  return {};
}

std::unique_ptr<StreamEncoder> AnthropicMessages::stream(const AnswerHead& head, const core::ChatRequest&) const {
  return std::make_unique<AnthropicStream>(head);
}

void AnthropicMessages::error(const core::Status& status, std::string_view request_id, std::string& out) const {
  append_anthropic_error(status, request_id, out);
}

int AnthropicMessages::http_status(const core::Status& status) const { return anthropic_http_status(status); }

}  // namespace gatehouse::dialects
