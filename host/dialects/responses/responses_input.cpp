#include "dialects/responses/responses_input.h"

#include "dialects/message_pieces.h"
#include "dialects/reasoning_seal.h"

namespace gatehouse::dialects {

using core::JsonArray;
using core::JsonObject;

namespace {

void append_image(JsonObject& json, object part, const std::string& path) {
  if (field(part, "file_id")) throw unsupported(path + ".file_id", "names a stored file: send image_url");
  JsonObject image(json.add("type", "image_url").key("image_url"));
  image.add("url", need_text(part, "image_url", path));
  copy(part, {"detail"}, image);
}

void append_file(JsonObject& json, object part, const std::string& path) {
  for (const char* name : {"file_id", "file_url"}) {
    if (field(part, name)) throw unsupported(member(path, name), "names a file kept elsewhere: send file_data");
  }
  JsonObject file(json.add("type", "file").key("file"));
  copy(part, {"filename"}, file);
  file.add("file_data", need_text(part, "file_data", path));
}

void append_part(std::string& out, object part, const std::string& path) {
  JsonObject json(out);
  const std::string_view type = need_text(part, "type", path);
  if (type == "input_text" || type == "output_text" || type == "text" || type == "refusal") {
    json.add("type", "text").add("text", need_text(part, type == "refusal" ? "refusal" : "text", path));
  } else if (type == "input_image") {
    append_image(json, part, path);
  } else if (type == "input_file") {
    append_file(json, part, path);
  } else {
    throw unsupported(path + ".type", "is a kind of content that cannot be carried to a provider");
  }
}

// content: a string or an array of parts.
void append_parts(JsonArray& parts, element content, const std::string& path) {
  std::string_view text;
  if (content.get(text) == simdjson::SUCCESS) {
    JsonObject(parts.next()).add("type", "text").add("text", text);
    return;
  }
  std::size_t index = 0;
  for (const element part : as<array>(content, path, "must be a string or an array of parts")) {
    const std::string here = item(path, index++);
    append_part(parts.next(), as<object>(part, here), here);
  }
}

void append_call(JsonArray& calls, object entry, const std::string& path) {
  JsonObject call(calls.next());
  call.add("id", need_text(entry, "call_id", path)).add("type", "function");
  JsonObject function(call.key("function"));
  function.add("name", need_text(entry, "name", path)).add("arguments", need_text(entry, "arguments", path));
}

// Its words are in the summary. Without its own seal it may be shown, but no provider wants it back.
void append_thought(JsonArray& details, std::size_t index, object entry, const std::string& path) {
  std::string words;
  if (const auto summary = find<array>(entry, "summary", path)) {
    for (const element part : *summary) words += text_or_empty(as<object>(part, path + ".summary"), "text");
  }
  const std::string_view opaque = text_or_empty(entry, "encrypted_content");
  const Seal seal = unwrap(opaque).value_or(opaque.empty() ? Seal{{}, {}, {}, true}
                                                           : Seal{"openai-responses-v1", {}, opaque, false});
  append_reasoning_detail(details, index, words, seal);
}

void append_result(JsonArray& messages, object entry, const std::string& path) {
  const element output = need(entry, "output", path);
  JsonObject message(messages.next());
  message.add("role", "tool").add("tool_call_id", need_text(entry, "call_id", path));
  if (output.is_string()) return void(message.add_raw("content", raw(output)));
  JsonArray parts(message.key("content"));
  append_parts(parts, output, path + ".output");
}

// An assistant's turn comes as several items in a row: reasoning, messages, calls. They make one message.
class Messages {
 public:
  explicit Messages(JsonObject& out) : messages_(out.key("messages")) {}

  void add_item(object entry, const std::string& path) {
    const std::string_view type = text_or_empty(entry, "type");
    if (type.empty() || type == "message") return add_message(entry, path);
    if (type == "function_call") return turn_.add(Kind::call, entry, path);
    if (type == "reasoning") return turn_.add(Kind::thought, entry, path);
    if (type == "item_reference") throw unsupported(path + ".type", "names a stored item: send the item itself");
    if (type != "function_call_output") {
      throw unsupported(path + ".type", "is a kind of item that cannot be carried to a provider");
    }
    end_turn();
    append_result(messages_, entry, path);
  }

  void add_text(std::string_view role, std::string_view text) {
    end_turn();
    JsonObject(messages_.next()).add("role", role).add("content", text);
  }

  // Writes what an assistant has said so far.
  void end_turn() {
    if (turn_.empty()) return;
    JsonObject message(messages_.next());
    message.add("role", "assistant");
    std::size_t thoughts = 0;
    const auto part = [](JsonArray& parts, object entry, const std::string& path) {
      append_parts(parts, need(entry, "content", path), path + ".content");
    };
    const auto thought = [&](JsonArray& details, object entry, const std::string& path) {
      append_thought(details, thoughts++, entry, path);
    };
    turn_.append_lists(message, part, thought, append_call);
    turn_.clear();
  }

 private:
  using Kind = MessagePieces::Kind;

  void add_message(object entry, const std::string& path) {
    const std::string_view role = need_text(entry, "role", path);
    const element content = need(entry, "content", path);
    if (role == "assistant") {
      array parts;
      const bool nothing = content.get(parts) == simdjson::SUCCESS && parts.size() == 0;
      if (!nothing) turn_.add(Kind::part, entry, path);
      return;
    }
    if (role != "user" && role != "system" && role != "developer") {
      throw wrong(path + ".role", "must be user, assistant, system or developer");
    }
    std::string_view text;
    if (content.get(text) == simdjson::SUCCESS) return add_text(role, text);
    end_turn();
    JsonObject message(messages_.next());
    message.add("role", role);
    JsonArray parts(message.key("content"));
    append_parts(parts, content, path + ".content");
  }

  JsonArray messages_;
  MessagePieces turn_;  // of the assistant's turn being read
};

}  // namespace

void append_responses_input(object request, JsonObject& out) {
  Messages messages(out);
  if (const auto instructions = find<std::string_view>(request, "instructions", "")) {
    messages.add_text("system", *instructions);
  }
  const element input = need(request, "input", "");
  std::string_view text;
  if (input.get(text) == simdjson::SUCCESS) return messages.add_text("user", text);
  std::size_t index = 0;
  for (const element entry : as<array>(input, "input", "must be a string or an array of items")) {
    const std::string path = item("input", index++);
    messages.add_item(as<object>(entry, path), path);
  }
  messages.end_turn();
}

}  // namespace gatehouse::dialects
