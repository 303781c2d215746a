#include "dialects/anthropic/anthropic_content.h"

#include "dialects/anthropic/anthropic_parts.h"
#include "dialects/message_pieces.h"
#include "dialects/reasoning_seal.h"

namespace gatehouse::dialects {

using core::JsonArray;
using core::JsonObject;

namespace {

using Kind = MessagePieces::Kind;

void append_result(JsonArray& messages, object block, const std::string& path) {
  JsonObject message(messages.next());
  message.add("role", "tool").add("tool_call_id", need_text(block, "tool_use_id", path));
  if (const auto content = field(block, "content"))
    append_anthropic_content(message, *content, path + ".content");
  else
    message.add("content", "");
  if (find<bool>(block, "is_error", path).value_or(false)) message.add("is_error", true);
}

void append_call(JsonArray& calls, object block, const std::string& path) {
  const auto input = need<object>(block, "input", path);
  JsonObject call(calls.next());
  call.add("id", need_text(block, "id", path)).add("type", "function");
  JsonObject function(call.key("function"));
  function.add("name", need_text(block, "name", path)).add("arguments", raw(input));
}

void append_thought(JsonArray& details, std::size_t index, object block, const std::string& path) {
  const bool words = text_or_empty(block, "type") == "thinking";
  const std::string_view opaque = words ? text_or_empty(block, "signature") : need_text(block, "data", path);
  const Seal seal = unwrap(opaque).value_or(Seal{kAnthropicFormat, {}, opaque, words});
  append_reasoning_detail(details, index, text_or_empty(block, "thinking"), seal);
}

Kind kind_of(std::string_view type, bool assistant, const std::string& path) {
  if (assistant && type == "tool_use") return Kind::call;
  if (assistant && (type == "thinking" || type == "redacted_thinking")) return Kind::thought;
  if (!assistant && type == "tool_result") return Kind::result;
  if (!assistant || type == "text") return Kind::part;
  throw unsupported(path + ".type", "is a kind of content that cannot be carried to a provider");
}

MessagePieces sort_blocks(array blocks, bool assistant, const std::string& path) {
  MessagePieces pieces;
  std::size_t index = 0;
  for (const element entry : blocks) {
    const std::string here = item(path, index++);
    const auto block = as<object>(entry, here);
    pieces.add(kind_of(need_text(block, "type", here), assistant, here), block, here);
  }
  return pieces;
}

void append_blocks(JsonArray& messages, std::string_view role, array blocks, const std::string& path) {
  const MessagePieces pieces = sort_blocks(blocks, role == "assistant", path);
  pieces.append_each(Kind::result, messages, append_result);  // a tool's result is a message of its own
  if (!pieces.any(Kind::part) && !pieces.any(Kind::thought) && !pieces.any(Kind::call)) return;
  JsonObject message(messages.next());
  message.add("role", role);
  std::size_t thoughts = 0;
  const auto part = [](JsonArray& parts, object block, const std::string& where) {
    append_anthropic_part(parts.next(), block, where);
  };
  const auto thought = [&](JsonArray& details, object block, const std::string& where) {
    append_thought(details, thoughts++, block, where);
  };
  pieces.append_lists(message, part, thought, append_call);
}

void append_message(JsonArray& messages, object message, const std::string& path) {
  const std::string_view role = need_text(message, "role", path);
  if (role != "user" && role != "assistant" && role != "system") {
    throw wrong(path + ".role", "must be user, assistant or system");
  }
  const element content = need(message, "content", path);
  array blocks;
  if (content.get(blocks) == simdjson::SUCCESS) return append_blocks(messages, role, blocks, path + ".content");
  const auto text = as<std::string_view>(content, path + ".content", "must be a string or an array of blocks");
  JsonObject(messages.next()).add("role", role).add("content", text);
}

}  // namespace

void append_anthropic_messages(object request, JsonObject& out) {
  JsonArray messages(out.key("messages"));
  if (const auto system = field(request, "system")) {
    JsonObject message(messages.next());
    message.add("role", "system");
    append_anthropic_content(message, *system, "system");
  }
  std::size_t index = 0;
  for (const element message : need<array>(request, "messages", "")) {
    const std::string path = item("messages", index++);
    append_message(messages, as<object>(message, path), path);
  }
}

}  // namespace gatehouse::dialects
