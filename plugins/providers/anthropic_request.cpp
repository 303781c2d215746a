#include "anthropic_request.h"

#include <algorithm>

#include "chat/chat_options.h"
#include "chat/conversation.h"

namespace anthropic {

using chat::Block;
using chat::Options;
using gatehouse::JsonArray;
using gatehouse::JsonObject;
using Kind = Block::Kind;

Settings::Settings(gatehouse::Config& config)
    : version(config.choice_or("version", "2023-06-01", {"2023-06-01", "2026-10-21"})),
      max_tokens(config.number_or("max_tokens", 4096, {1, 1'000'000})),
      adaptive_thinking(config.choice_or("thinking", has_sampling() ? "budget" : "adaptive", {"budget", "adaptive"}) ==
                        "adaptive"),
      drop_sampling(config.choice_or("sampling", "refuse", {"refuse", "drop"}) == "drop") {}

namespace {

constexpr std::uint64_t kLeastBudget = 1024;  // tokens to think with, by Anthropic's rules

bool is_image_type(std::string_view type) {
  return type == "image/jpeg" || type == "image/png" || type == "image/gif" || type == "image/webp";
}

void add_mark(JsonObject& json, const std::string& cache_control) {
  if (!cache_control.empty()) json.add_raw("cache_control", cache_control);
}

void append_source(JsonObject& json, const Block& block) {
  JsonObject source(json.key("source"));
  if (!block.url.empty()) {
    source.add("type", "url").add("url", block.url);
  } else {
    source.add("type", "base64").add("media_type", block.media_type).add("data", block.data);
  }
}

void append_image(JsonObject& json, const Block& block) {
  if (block.url.empty() && !is_image_type(block.media_type)) {
    throw chat::wrong(block.path, "must be an image of type jpeg, png, gif or webp for this provider");
  }
  json.add("type", "image");
  append_source(json, block);
}

void append_file(JsonObject& json, const Block& block) {
  if (block.media_type != "application/pdf") throw chat::wrong(block.path, "must be a PDF for this provider");
  json.add("type", "document");
  append_source(json, block);
  if (!block.name.empty()) json.add("title", block.name);
}

void append_block(std::string& out, const Block& block);

void append_result(JsonObject& json, const Block& block) {
  json.add("type", "tool_result").add("tool_use_id", block.id);
  if (!block.content.empty()) {
    JsonArray content(json.key("content"));
    for (const Block& part : block.content) append_block(content.next(), part);
  }
  if (block.is_error) json.add("is_error", true);
}

void append_block(std::string& out, const Block& block) {
  JsonObject json(out);
  switch (block.kind) {
    case Kind::text: json.add("type", "text").add("text", block.text); break;
    case Kind::image: append_image(json, block); break;
    case Kind::file: append_file(json, block); break;
    case Kind::audio: throw chat::unsupported(block.path, "is not something this provider takes");
    case Kind::tool_call:
      json.add("type", "tool_use").add("id", block.id).add("name", block.name).add_raw("input", block.arguments);
      break;
    case Kind::tool_result: append_result(json, block); break;
    case Kind::reasoning:
      json.add("type", "thinking").add("thinking", block.text).add("signature", block.signature);
      break;
    case Kind::sealed: json.add("type", "redacted_thinking").add("data", block.text); break;
  }
  add_mark(json, block.cache_control);
}

// Another provider's reasoning means nothing to this one, and unsigned reasoning is refused.
bool is_ours(const Block& block) {
  if (block.kind == Kind::reasoning) return block.format == kReasoningFormat && !block.signature.empty();
  return block.kind != Kind::sealed || block.format == kReasoningFormat;
}

void append_messages(JsonObject& json, const chat::Conversation& conversation) {
  JsonArray messages(json.key("messages"));
  for (const chat::Turn& turn : conversation.turns) {
    if (std::none_of(turn.blocks.begin(), turn.blocks.end(), is_ours)) continue;
    JsonObject message(messages.next());
    message.add("role", turn.role == chat::Role::assistant ? "assistant" : "user");
    JsonArray content(message.key("content"));
    for (const Block& block : turn.blocks) {
      if (is_ours(block)) append_block(content.next(), block);
    }
  }
}

void append_system(JsonObject& json, const std::vector<Block>& system) {
  if (system.empty()) return;
  const bool marked =
      std::any_of(system.begin(), system.end(), [](const Block& b) { return !b.cache_control.empty(); });
  if (!marked) return void(json.add("system", chat::joined_text(system, "\n\n")));
  JsonArray blocks(json.key("system"));
  for (const Block& block : system) append_block(blocks.next(), block);
}

void append_tools(JsonObject& json, const Options& options) {
  if (options.tools.empty()) return;
  JsonArray tools(json.key("tools"));
  for (const chat::Tool& tool : options.tools) {
    JsonObject entry(tools.next());
    entry.add("name", tool.name);
    if (!tool.description.empty()) entry.add("description", tool.description);
    entry.add_raw("input_schema", tool.parameters.empty() ? R"({"type":"object"})" : std::string_view(tool.parameters));
    if (tool.strict.value_or(false)) entry.add("strict", true);
    add_mark(entry, tool.cache_control);
  }
}

void append_tool_choice(JsonObject& json, const Options& options) {
  using Mode = chat::ToolChoice::Mode;
  const Mode mode = options.tool_choice.mode;
  if (options.tools.empty() || (mode == Mode::unsaid && options.parallel_tool_calls)) return;
  JsonObject choice(json.key("tool_choice"));
  switch (mode) {
    case Mode::unsaid:
    case Mode::automatic: choice.add("type", "auto"); break;
    case Mode::none: choice.add("type", "none"); break;
    case Mode::required: choice.add("type", "any"); break;
    case Mode::named: choice.add("type", "tool").add("name", options.tool_choice.name); break;
  }
  if (!options.parallel_tool_calls && mode != Mode::none) choice.add("disable_parallel_tool_use", true);
}

void append_sampling(JsonObject& json, const Settings& settings, const Options& options) {
  for (const std::string_view name : {"temperature", "top_p", "top_k"}) {
    const std::string_view value = options.number(name);
    if (value.empty() || (!settings.has_sampling() && settings.drop_sampling)) continue;
    if (!settings.has_sampling()) {
      throw chat::unsupported(name,
                              "is not something this provider takes in version 2026-10-21 of its API; leave it out");
    }
    if (name == "temperature" && std::stod(std::string(value)) > 1)
      throw chat::wrong(name, "must be from 0 to 1 for this provider");
    json.add_raw(name, value);
  }
}

std::uint64_t budget_for(std::string_view effort) {
  if (effort == "minimal" || effort == "low") return kLeastBudget;
  if (effort == "medium") return 4096;
  return effort == "high" ? 16384 : 32768;
}

void append_budget(JsonObject& json, std::uint64_t budget, std::uint64_t max_tokens) {
  if (max_tokens <= kLeastBudget) {
    throw chat::wrong("max_completion_tokens", "must be more than 1024 where the model is to think");
  }
  JsonObject thinking(json.key("thinking"));
  thinking.add("type", "enabled").add("budget_tokens", std::min(budget, max_tokens - 1));
}

// How long to think. Anthropic knows one more word below OpenAI's lowest: off.
void append_thinking(JsonObject& json, const Settings& settings, const Options& options, std::uint64_t max_tokens) {
  if (options.thinking_budget && !settings.adaptive_thinking) {
    return append_budget(json, *options.thinking_budget, max_tokens);
  }
  const bool effort = !options.reasoning_effort.empty() && options.reasoning_effort != "none";
  if (!effort && !options.thinking_adaptive) return;
  if (effort && !settings.adaptive_thinking)
    return append_budget(json, budget_for(options.reasoning_effort), max_tokens);
  json.add_raw("thinking", R"({"type":"adaptive"})");
}

void append_output_config(JsonObject& json, const Settings& settings, const Options& options) {
  using Format = chat::OutputFormat::Kind;
  if (options.format.kind == Format::json) {
    throw chat::unsupported("response_format.type", "must be json_schema: this provider has no JSON without a schema");
  }
  const bool effort =
      settings.adaptive_thinking && !options.reasoning_effort.empty() && options.reasoning_effort != "none";
  if (!effort && options.format.kind != Format::schema) return;
  JsonObject config(json.key("output_config"));
  if (effort) config.add("effort", options.reasoning_effort == "minimal" ? "low" : options.reasoning_effort);
  if (options.format.kind == Format::schema) {
    JsonObject format(config.key("format"));
    format.add("type", "json_schema").add_raw("schema", options.format.schema);
  }
}

void append_stop(JsonObject& json, const Options& options) {
  if (options.stop.empty()) return;
  JsonArray words(json.key("stop_sequences"));
  for (const std::string_view word : options.stop) {
    if (word.find_first_not_of(" \t\r\n") == word.npos)
      throw chat::wrong("stop", "must be more than white space for this provider");
    words.add(word);
  }
}

// Anthropic may be told an opaque name of the end user, to act against abuse.
void append_user(JsonObject& json, chat::object request) {
  std::string_view user = chat::text_or_empty(request, "safety_identifier");
  if (user.empty()) user = chat::text_or_empty(request, "user");
  if (user.empty()) return;
  JsonObject metadata(json.key("metadata"));
  metadata.add("user_id", user);
}

}  // namespace

std::string request_body(const Settings& settings, gatehouse::ChatRequest request) {
  gatehouse::JsonReader reader;
  const chat::object root = chat::parse_request(reader, request.json());
  const Options options = chat::read_options(root, {{"temperature", "top_p", "top_k"}});
  const chat::Conversation conversation = chat::read_conversation(root, chat::Shape::alternating);
  const std::uint64_t max_tokens = options.max_tokens.value_or(settings.max_tokens);

  std::string body;
  JsonObject json(body);
  json.add("model", request.model()).add("max_tokens", max_tokens);
  append_system(json, conversation.system);
  append_messages(json, conversation);
  append_tools(json, options);
  append_tool_choice(json, options);
  append_sampling(json, settings, options);
  append_stop(json, options);
  append_thinking(json, settings, options, max_tokens);
  append_output_config(json, settings, options);
  append_user(json, root);
  if (const auto mark = chat::field(root, "cache_control")) json.add_raw("cache_control", chat::raw(*mark));
  if (request.stream()) json.add("stream", true);
  json.close();
  return body;
}

}  // namespace anthropic
