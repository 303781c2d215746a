#include "dialects/anthropic_content.h"

#include <functional>

#include "dialects/reasoning_seal.h"

namespace gatehouse::dialects {

using core::JsonArray;
using core::JsonObject;

namespace {

// What the blocks of one message become. Each is the inside of a JSON array.
struct Sorted {
  std::string parts;
  std::string calls;    // of an assistant
  std::string details;  // its reasoning
  std::string results;  // of a user: whole tool messages
  std::size_t thoughts = 0;
};

void separate(std::string& list) {
  if (!list.empty()) list += ',';
}

void append_url_part(std::string& out, const char* kind, const std::function<void(JsonObject&)>& fill, object block) {
  JsonObject part(out);
  part.add("type", kind);
  JsonObject inner(part.key(kind));
  fill(inner);
  inner.close();
  copy(block, {"cache_control"}, part);
  part.close();
}

std::string data_url(object source, const std::string& path) {
  return "data:" + std::string(need_text(source, "media_type", path)) + ";base64," +
         std::string(need_text(source, "data", path));
}

object source_of(object block, const std::string& path) {
  const auto source = field(block, "source");
  if (!source) refuse(path + ".source", "is required");
  return need_object(*source, path + ".source");
}

void append_image(std::string& out, object block, const std::string& path) {
  const object source = source_of(block, path);
  const std::string inside = path + ".source.";
  const std::string_view type = need_text(source, "type", inside);
  if (type != "base64" && type != "url") refuse_unsupported(inside + "type", "must be base64 or url");
  const std::string url = type == "url" ? std::string(need_text(source, "url", inside)) : data_url(source, inside);
  append_url_part(
      out, "image_url", [&](JsonObject& inner) { inner.add("url", url); }, block);
}

void append_text(std::string& out, std::string_view text, object block) {
  JsonObject part(out);
  part.add("type", "text").add("text", text);
  copy(block, {"cache_control"}, part);
  part.close();
}

void append_document(std::string& out, object block, const std::string& path) {
  if (const auto citations = field(block, "citations")) {
    const auto enabled = field(need_object(*citations, path + ".citations"), "enabled");
    if (enabled && need<bool>(*enabled, path + ".citations.enabled", "must be true or false")) {
      refuse_unsupported(path + ".citations", "cannot be carried to a provider");
    }
  }
  const object source = source_of(block, path);
  const std::string inside = path + ".source.";
  const std::string_view type = need_text(source, "type", inside);
  if (type == "text") return append_text(out, need_text(source, "data", inside), block);
  if (type != "base64") refuse_unsupported(inside + "type", "must be base64 or text");
  const std::string_view title = text_or_empty(block, "title");
  append_url_part(
      out, "file",
      [&](JsonObject& inner) {
        inner.add("filename", title.empty() ? "document.pdf" : title).add("file_data", data_url(source, inside));
      },
      block);
}

// Text, image, document: what a user's message and a tool's result may hold.
void append_part(std::string& out, object block, const std::string& path) {
  const std::string_view type = need_text(block, "type", path + ".");
  separate(out);
  if (type == "text") {
    if (const auto citations = field(block, "citations"); citations && raw(*citations) != "[]") {
      refuse_unsupported(path + ".citations", "cannot be carried to a provider");
    }
    return append_text(out, need_text(block, "text", path + "."), block);
  }
  if (type == "image") return append_image(out, block, path);
  if (type == "document") return append_document(out, block, path);
  refuse_unsupported(path + ".type", "is a kind of content that cannot be carried to a provider");
}

// content: a string, or blocks that are all parts.
void append_content(JsonObject& message, element content, const std::string& path) {
  std::string_view text;
  if (content.get(text) == simdjson::SUCCESS) return void(message.add("content", text));
  std::string parts;
  std::size_t index = 0;
  for (const element block : need<array>(content, path, "must be a string or an array of blocks")) {
    const std::string here = item(path, index++);
    append_part(parts, need_object(block, here), here);
  }
  message.add_raw("content", "[" + parts + "]");
}

void append_result(std::string& out, object block, const std::string& path) {
  separate(out);
  JsonObject message(out);
  message.add("role", "tool").add("tool_call_id", need_text(block, "tool_use_id", path + "."));
  const auto content = field(block, "content");
  if (content)
    append_content(message, *content, path + ".content");
  else
    message.add("content", "");
  const auto failed = field(block, "is_error");
  if (failed && need<bool>(*failed, path + ".is_error", "must be true or false")) message.add("is_error", true);
  message.close();
}

void append_call(std::string& out, object block, const std::string& path) {
  const auto input = field(block, "input");
  if (!input) refuse(path + ".input", "is required");
  (void)need_object(*input, path + ".input");
  separate(out);
  JsonObject call(out);
  call.add("id", need_text(block, "id", path + ".")).add("type", "function");
  JsonObject function(call.key("function"));
  function.add("name", need_text(block, "name", path + ".")).add("arguments", raw(*input)).close();
  call.close();
}

void append_thought(Sorted& out, object block, bool words, const std::string& path) {
  const std::string_view opaque = words ? text_or_empty(block, "signature") : need_text(block, "data", path + ".");
  const Seal seal = unwrap(opaque).value_or(Seal{kAnthropicFormat, {}, opaque, words});
  std::string one;
  JsonArray list(one);
  append_reasoning_detail(list, out.thoughts++, text_or_empty(block, "thinking"), seal);
  separate(out.details);
  out.details.append(one, 1);
}

Sorted sort_blocks(array blocks, bool assistant, const std::string& path) {
  Sorted sorted;
  std::size_t index = 0;
  for (const element entry : blocks) {
    const std::string here = item(path, index++);
    const object block = need_object(entry, here);
    const std::string_view type = need_text(block, "type", here + ".");
    if (assistant && type == "tool_use")
      append_call(sorted.calls, block, here);
    else if (assistant && (type == "thinking" || type == "redacted_thinking"))
      append_thought(sorted, block, type == "thinking", here);
    else if (!assistant && type == "tool_result")
      append_result(sorted.results, block, here);
    else if (assistant && type != "text")
      refuse_unsupported(here + ".type", "is a kind of content that cannot be carried to a provider");
    else
      append_part(sorted.parts, block, here);
  }
  return sorted;
}

void append_blocks(JsonArray& messages, std::string_view role, array blocks, const std::string& path) {
  const Sorted sorted = sort_blocks(blocks, role == "assistant", path);
  if (!sorted.results.empty()) messages.next().append(sorted.results);
  if (sorted.parts.empty() && sorted.calls.empty() && sorted.details.empty()) return;
  JsonObject message(messages.next());
  message.add("role", role);
  message.add_raw("content", sorted.parts.empty() ? "null" : "[" + sorted.parts + "]");
  if (!sorted.details.empty()) message.add_raw("reasoning_details", "[" + sorted.details + "]");
  if (!sorted.calls.empty()) message.add_raw("tool_calls", "[" + sorted.calls + "]");
  message.close();
}

void append_message(JsonArray& messages, object message, const std::string& path) {
  const std::string_view role = need_text(message, "role", path + ".");
  if (role != "user" && role != "assistant" && role != "system") {
    refuse(path + ".role", "must be user, assistant or system");
  }
  const auto content = field(message, "content");
  if (!content) refuse(path + ".content", "is required");
  array blocks;
  if (content->get(blocks) == simdjson::SUCCESS) return append_blocks(messages, role, blocks, path + ".content");
  JsonObject json(messages.next());
  json.add("role", role)
      .add("content", need<std::string_view>(*content, path + ".content", "must be a string or an array of blocks"));
  json.close();
}

}  // namespace

void append_anthropic_messages(object request, JsonObject& out) {
  JsonArray messages(out.key("messages"));
  if (const auto system = field(request, "system")) {
    JsonObject message(messages.next());
    message.add("role", "system");
    append_content(message, *system, "system");
    message.close();
  }
  const auto given = field(request, "messages");
  if (!given) refuse("messages", "is required");
  std::size_t index = 0;
  for (const element message : need<array>(*given, "messages", "must be an array")) {
    const std::string path = item("messages", index++);
    append_message(messages, need_object(message, path), path);
  }
  messages.close();
}

}  // namespace gatehouse::dialects
