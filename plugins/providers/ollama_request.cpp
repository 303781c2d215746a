#include "ollama_request.h"

#include <algorithm>

#include "chat/chat_options.h"
#include "chat/conversation.h"
#include "chat/embeddings.h"

namespace ollama {

using chat::Block;
using chat::Options;
using gatehouse::JsonArray;
using gatehouse::JsonObject;
using Kind = Block::Kind;

namespace {

std::vector<Block> of_kind(const std::vector<Block>& blocks, Kind kind) {
  std::vector<Block> found;
  std::copy_if(blocks.begin(), blocks.end(), std::back_inserter(found), [&](const Block& b) { return b.kind == kind; });
  return found;
}

void append_images(JsonObject& message, const std::vector<Block>& blocks) {
  const std::vector<Block> found = of_kind(blocks, Kind::image);
  if (found.empty()) return;
  JsonArray images(message.key("images"));
  for (const Block& image : found) {
    if (!image.url.empty())
      throw chat::wrong(image.path, "must be a data URL for this provider, which fetches nothing");
    images.add(image.data);
  }
}

void append_calls(JsonObject& message, const std::vector<Block>& blocks) {
  const std::vector<Block> found = of_kind(blocks, Kind::tool_call);
  if (found.empty()) return;
  JsonArray calls(message.key("tool_calls"));
  for (const Block& block : found) {
    JsonObject call(calls.next());
    call.add("id", block.id);
    JsonObject function(call.key("function"));
    function.add("name", block.name).add_raw("arguments", block.arguments);
  }
}

void append_result(std::string& out, const Block& block) {
  JsonObject message(out);
  const std::string text = chat::joined_text(of_kind(block.content, Kind::text), "\n");
  message.add("role", "tool").add("content", block.is_error ? "Error: " + text : text);
  append_images(message, block.content);
  message.add("tool_name", block.name).add("tool_call_id", block.id);
}

// What other providers' models thought stays here.
std::string own_thoughts(const std::vector<Block>& blocks) {
  std::string thoughts;
  for (const Block& block : of_kind(blocks, Kind::reasoning)) {
    if (block.format.empty() || block.format == kReasoningFormat) thoughts += block.text;
  }
  return thoughts;
}

void append_message(std::string& out, const chat::Turn& turn) {
  JsonObject message(out);
  message.add("role", turn.role == chat::Role::system ? "system"
                      : turn.role == chat::Role::user ? "user"
                                                      : "assistant");
  message.add("content", chat::joined_text(of_kind(turn.blocks, Kind::text), "\n"));
  const std::string thinking = own_thoughts(turn.blocks);
  if (!thinking.empty()) message.add("thinking", thinking);
  append_images(message, turn.blocks);
  append_calls(message, turn.blocks);
}

void refuse_media(const std::vector<Block>& blocks) {
  for (const Block& block : blocks) {
    if (block.kind == Kind::audio || block.kind == Kind::file) {
      throw chat::unsupported(block.path, "is not something this provider takes");
    }
    refuse_media(block.content);
  }
}

void append_messages(JsonObject& json, const chat::Conversation& conversation) {
  JsonArray messages(json.key("messages"));
  for (const chat::Turn& turn : conversation.turns) {
    refuse_media(turn.blocks);
    if (turn.blocks.front().kind == Kind::tool_result) {
      append_result(messages.next(), turn.blocks.front());
    } else if (std::any_of(turn.blocks.begin(), turn.blocks.end(),
                           [](const Block& b) { return b.kind != Kind::sealed; })) {
      append_message(messages.next(), turn);
    }
  }
}

// Ollama has no choice of tools, but not to choose any is not to have any.
void append_tools(JsonObject& json, const Options& options) {
  using Mode = chat::ToolChoice::Mode;
  const Mode mode = options.tool_choice.mode;
  if (options.tools.empty() || mode == Mode::none) return;
  if (mode == Mode::required || mode == Mode::named) {
    throw chat::unsupported("tool_choice", "must be auto or none: this provider cannot be made to call a tool");
  }
  if (!options.parallel_tool_calls) {
    throw chat::unsupported("parallel_tool_calls", "must be true: this provider cannot be kept to one call at a time");
  }
  JsonArray tools(json.key("tools"));
  for (const chat::Tool& tool : options.tools) {
    JsonObject entry(tools.next());
    entry.add("type", "function");
    JsonObject function(entry.key("function"));
    function.add("name", tool.name).add("description", tool.description);
    function.add_raw("parameters",
                     tool.parameters.empty() ? R"({"type":"object"})" : std::string_view(tool.parameters));
  }
}

void append_options(JsonObject& json, const Options& options) {
  JsonObject fields(json.key("options"));
  for (const auto& [name, value] : options.numbers) fields.add_raw(name, value);
  if (options.max_tokens) fields.add("num_predict", *options.max_tokens);
  if (!options.stop.empty()) {
    JsonArray words(fields.key("stop"));
    for (const std::string_view word : options.stop) words.add(word);
  }
}

void append_format(JsonObject& json, const chat::OutputFormat& format) {
  using Format = chat::OutputFormat::Kind;
  if (format.kind == Format::json) json.add("format", "json");
  if (format.kind == Format::schema) json.add_raw("format", format.schema);
}

// Ollama knows three levels; models without levels take any of them for yes.
void append_think(JsonObject& json, std::string_view effort) {
  if (effort.empty()) return;
  if (effort == "none") return void(json.add("think", false));
  json.add("think", effort == "minimal" ? "low" : effort == "xhigh" || effort == "max" ? "high" : effort);
}

}  // namespace

std::string request_body(gatehouse::ChatRequest request) {
  gatehouse::JsonReader reader;
  const chat::object root = chat::parse_request(reader, request.json());
  const Options options =
      chat::read_options(root, {{"temperature", "top_p", "top_k", "seed", "frequency_penalty", "presence_penalty"}});
  const chat::Conversation conversation = chat::read_conversation(root, chat::Shape::as_given);

  std::string body;
  JsonObject json(body);
  json.add("model", request.model());
  append_messages(json, conversation);
  append_tools(json, options);
  append_format(json, options.format);
  append_think(json, options.reasoning_effort);
  append_options(json, options);
  json.add("stream", request.stream());  // its default is true
  json.close();
  return body;
}

std::string embeddings_body(const gatehouse::EmbeddingsRequest& request) {
  gatehouse::JsonReader reader;
  const chat::object root = chat::parse_request(reader, request.json());
  std::string body;
  JsonObject json(body);
  json.add("model", request.model());
  JsonArray input(json.key("input"));
  for (const std::string_view text : embeddings::texts_of(root)) input.add(text);
  input.close();
  if (const auto dimensions = chat::field(root, "dimensions")) json.add_raw("dimensions", chat::raw(*dimensions));
  json.close();
  return body;
}

}  // namespace ollama
