#include "dialects/responses_input.h"

#include "dialects/reasoning_seal.h"

namespace gatehouse::dialects {

using core::JsonArray;
using core::JsonObject;

namespace {

void separate(std::string& list) {
  if (!list.empty()) list += ',';
}

void append_image(std::string& out, object part, const std::string& path) {
  if (field(part, "file_id")) refuse_unsupported(path + ".file_id", "names a stored file: send image_url");
  JsonObject json(out);
  JsonObject image(json.add("type", "image_url").key("image_url"));
  image.add("url", need_text(part, "image_url", path + "."));
  copy(part, {"detail"}, image);
  image.close();
  json.close();
}

void append_file(std::string& out, object part, const std::string& path) {
  for (const char* name : {"file_id", "file_url"}) {
    if (field(part, name)) refuse_unsupported(path + "." + name, "names a file kept elsewhere: send file_data");
  }
  JsonObject json(out);
  JsonObject file(json.add("type", "file").key("file"));
  copy(part, {"filename"}, file);
  file.add("file_data", need_text(part, "file_data", path + ".")).close();
  json.close();
}

void append_part(std::string& out, object part, const std::string& path) {
  const std::string_view type = need_text(part, "type", path + ".");
  if (type == "input_text" || type == "output_text" || type == "text" || type == "refusal") {
    JsonObject json(out);
    json.add("type", "text").add("text", need_text(part, type == "refusal" ? "refusal" : "text", path + ".")).close();
  } else if (type == "input_image") {
    append_image(out, part, path);
  } else if (type == "input_file") {
    append_file(out, part, path);
  } else {
    refuse_unsupported(path + ".type", "is a kind of content that cannot be carried to a provider");
  }
}

// The inside of an array of parts; content is a string or an array.
std::string parts_of(element content, const std::string& path) {
  std::string parts;
  std::string_view text;
  if (content.get(text) == simdjson::SUCCESS) {
    JsonObject json(parts);
    json.add("type", "text").add("text", text).close();
    return parts;
  }
  std::size_t index = 0;
  for (const element part : need<array>(content, path, "must be a string or an array of parts")) {
    const std::string here = item(path, index++);
    separate(parts);
    append_part(parts, need_object(part, here), here);
  }
  return parts;
}

// An assistant's turn comes as several items in a row: reasoning, messages, calls. They make one message.
class Messages {
 public:
  explicit Messages(JsonObject& out) : messages_(out.key("messages")) {}

  void add_item(object entry, const std::string& path) {
    const std::string_view type = text_or_empty(entry, "type");
    if (type.empty() || type == "message") return add_message(entry, path);
    if (type == "function_call") return add_call(entry, path);
    if (type == "function_call_output") return add_result(entry, path);
    if (type == "reasoning") return add_reasoning(entry, path);
    if (type == "item_reference") refuse_unsupported(path + ".type", "names a stored item: send the item itself");
    refuse_unsupported(path + ".type", "is a kind of item that cannot be carried to a provider");
  }

  void add_text(std::string_view role, std::string_view text) {
    flush();
    JsonObject message(messages_.next());
    message.add("role", role).add("content", text).close();
  }

  void close() {
    flush();
    messages_.close();
  }

 private:
  void add_message(object entry, const std::string& path) {
    const std::string_view role = need_text(entry, "role", path + ".");
    const auto content = field(entry, "content");
    if (!content) refuse(path + ".content", "is required");
    if (role == "assistant") {
      const std::string parts = parts_of(*content, path + ".content");
      if (!parts.empty()) separate(parts_);
      parts_ += parts;
      return;
    }
    if (role != "user" && role != "system" && role != "developer") {
      refuse(path + ".role", "must be user, assistant, system or developer");
    }
    std::string_view text;
    if (content->get(text) == simdjson::SUCCESS) return add_text(role, text);
    flush();
    JsonObject message(messages_.next());
    message.add("role", role).add_raw("content", "[" + parts_of(*content, path + ".content") + "]").close();
  }

  void add_call(object entry, const std::string& path) {
    separate(calls_);
    JsonObject call(calls_);
    call.add("id", need_text(entry, "call_id", path + ".")).add("type", "function");
    JsonObject function(call.key("function"));
    function.add("name", need_text(entry, "name", path + "."));
    function.add("arguments", need_text(entry, "arguments", path + ".")).close();
    call.close();
  }

  void add_result(object entry, const std::string& path) {
    flush();
    const auto output = field(entry, "output");
    if (!output) refuse(path + ".output", "is required");
    JsonObject message(messages_.next());
    message.add("role", "tool").add("tool_call_id", need_text(entry, "call_id", path + "."));
    if (output->is_string())
      message.add_raw("content", raw(*output));
    else
      message.add_raw("content", "[" + parts_of(*output, path + ".output") + "]");
    message.close();
  }

  // Its words are in the summary. Without its own seal it may be shown, but no provider wants it back.
  void add_reasoning(object entry, const std::string& path) {
    std::string words;
    if (const auto summary = field(entry, "summary")) {
      for (const element part : need<array>(*summary, path + ".summary", "must be an array")) {
        words += text_or_empty(need_object(part, path + ".summary"), "text");
      }
    }
    const std::string_view opaque = text_or_empty(entry, "encrypted_content");
    const Seal seal = unwrap(opaque).value_or(opaque.empty() ? Seal{{}, {}, {}, true}
                                                             : Seal{"openai-responses-v1", {}, opaque, false});
    std::string one;
    JsonArray list(one);
    append_reasoning_detail(list, thoughts_++, words, seal);
    separate(details_);
    details_.append(one, 1);
  }

  void flush() {
    if (parts_.empty() && calls_.empty() && details_.empty()) return;
    JsonObject message(messages_.next());
    message.add("role", "assistant").add_raw("content", parts_.empty() ? "null" : "[" + parts_ + "]");
    if (!details_.empty()) message.add_raw("reasoning_details", "[" + details_ + "]");
    if (!calls_.empty()) message.add_raw("tool_calls", "[" + calls_ + "]");
    message.close();
    parts_.clear(), calls_.clear(), details_.clear();
    thoughts_ = 0;
  }

  JsonArray messages_;
  std::string parts_, calls_, details_;  // of the assistant's turn being read; the inside of arrays
  std::size_t thoughts_ = 0;
};

}  // namespace

void append_responses_input(object request, JsonObject& out) {
  Messages messages(out);
  if (const auto instructions = field(request, "instructions")) {
    messages.add_text("system", need<std::string_view>(*instructions, "instructions", "must be a string"));
  }
  const auto input = field(request, "input");
  if (!input) refuse("input", "is required");
  std::string_view text;
  if (input->get(text) == simdjson::SUCCESS) {
    messages.add_text("user", text);
  } else {
    std::size_t index = 0;
    for (const element entry : need<array>(*input, "input", "must be a string or an array of items")) {
      const std::string path = item("input", index++);
      messages.add_item(need_object(entry, path), path);
    }
  }
  messages.close();
}

}  // namespace gatehouse::dialects
