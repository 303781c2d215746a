#include "gemini_request.h"

#include <algorithm>
#include <map>

#include "chat/chat_options.h"
#include "chat/conversation.h"
#include "chat/embeddings.h"

namespace gemini {

using chat::Block;
using chat::Options;
using gatehouse::JsonArray;
using gatehouse::JsonObject;
using Kind = Block::Kind;

namespace {

void append_inline(JsonObject& part, const Block& block) {
  if (!block.url.empty()) {
    throw chat::wrong(block.path, "must be a data URL for this provider, which does not fetch what others host");
  }
  JsonObject data(part.key("inlineData"));
  data.add("mimeType", block.media_type).add("data", block.data);
}

void add_id(JsonObject& json, std::string_view id) {
  if (id.substr(0, kMadeUpId.size()) != kMadeUpId) json.add("id", id);
}

void append_call(JsonObject& part, const Block& block) {
  JsonObject call(part.key("functionCall"));
  add_id(call, block.id);
  call.add("name", block.name).add_raw("args", block.arguments);
}

// Gemini wants an object; a tool may have answered with anything.
void append_response(JsonObject& json, const Block& block) {
  for (const Block& part : block.content) {
    if (part.kind != Kind::text)
      throw chat::wrong(part.path, "must be text: this provider takes no other tool results");
  }
  const std::string text = chat::joined_text(block.content, "\n");
  gatehouse::JsonReader reader;
  const auto parsed = block.is_error ? std::nullopt : reader.try_parse(text);
  chat::object fields;
  if (parsed && parsed->get(fields) == simdjson::SUCCESS) return void(json.add_raw("response", chat::raw(*parsed)));
  JsonObject response(json.key("response"));
  response.add(block.is_error ? "error" : "output", text);
}

// signature: the seal that belongs to this part; empty when there is none.
void append_part(std::string& out, const Block& block, std::string_view signature) {
  JsonObject part(out);
  switch (block.kind) {
    case Kind::text: part.add("text", block.text); break;
    case Kind::image:
    case Kind::file:
    case Kind::audio: append_inline(part, block); break;
    case Kind::tool_call: append_call(part, block); break;
    case Kind::tool_result: {
      JsonObject response(part.key("functionResponse"));
      add_id(response, block.id);
      response.add("name", block.name);
      append_response(response, block);
      response.close();
      break;
    }
    case Kind::reasoning:
    case Kind::sealed: break;  // never asked for, see below
  }
  if (!signature.empty()) part.add("thoughtSignature", signature);
}

// Thoughts stay here; their seals go back with the part they came with: a tool call, or else the last text.
class Seals {
 public:
  explicit Seals(const std::vector<Block>& blocks) {
    for (const Block& block : blocks) {
      if (block.kind == Kind::sealed && block.format == kReasoningFormat) by_call_.emplace(block.id, block.text);
      if (block.kind == Kind::text) last_text_ = &block;
    }
  }

  // Empty: the block has none.
  std::string_view of(const Block& block) const {
    const bool is_call = block.kind == Kind::tool_call;
    if (by_call_.empty() || (!is_call && &block != last_text_)) return {};
    const auto seal = by_call_.find(is_call ? block.id : std::string_view());
    return seal == by_call_.end() ? std::string_view() : seal->second;
  }

 private:
  std::map<std::string_view, std::string_view> by_call_;  // without a call's id: the text's
  const Block* last_text_ = nullptr;
};

bool is_sent(const Block& block) { return block.kind != Kind::reasoning && block.kind != Kind::sealed; }

void append_contents(JsonObject& json, const chat::Conversation& conversation) {
  JsonArray contents(json.key("contents"));
  for (const chat::Turn& turn : conversation.turns) {
    if (std::none_of(turn.blocks.begin(), turn.blocks.end(), is_sent)) continue;
    JsonObject content(contents.next());
    content.add("role", turn.role == chat::Role::assistant ? "model" : "user");
    JsonArray parts(content.key("parts"));
    const Seals seals(turn.blocks);
    for (const Block& block : turn.blocks) {
      if (is_sent(block)) append_part(parts.next(), block, seals.of(block));
    }
  }
}

void append_system(JsonObject& json, const std::vector<Block>& system) {
  if (system.empty()) return;
  JsonObject instruction(json.key("systemInstruction"));
  JsonArray parts(instruction.key("parts"));
  JsonObject part(parts.next());
  part.add("text", chat::joined_text(system, "\n\n"));
}

void append_tools(JsonObject& json, const Options& options) {
  if (options.tools.empty()) return;
  JsonArray tools(json.key("tools"));
  JsonObject group(tools.next());
  JsonArray functions(group.key("functionDeclarations"));
  for (const chat::Tool& tool : options.tools) {
    JsonObject function(functions.next());
    function.add("name", tool.name);
    if (!tool.description.empty()) function.add("description", tool.description);
    // "parameters" takes a subset of JSON Schema only, this the whole of it.
    if (!tool.parameters.empty()) function.add_raw("parametersJsonSchema", tool.parameters);
  }
}

void append_tool_choice(JsonObject& json, const Options& options) {
  using Mode = chat::ToolChoice::Mode;
  const Mode mode = options.tool_choice.mode;
  if (!options.parallel_tool_calls && !options.tools.empty() && mode != Mode::none) {
    throw chat::unsupported("parallel_tool_calls", "must be true: this provider cannot be kept to one call at a time");
  }
  if (options.tools.empty() || mode == Mode::unsaid) return;
  JsonObject config(json.key("toolConfig"));
  JsonObject calling(config.key("functionCallingConfig"));
  calling.add("mode", mode == Mode::automatic ? "AUTO" : mode == Mode::none ? "NONE" : "ANY");
  if (mode == Mode::named) {
    JsonArray names(calling.key("allowedFunctionNames"));
    names.add(options.tool_choice.name);
  }
}

// Models up to 2.5 are given a budget of tokens, later ones a level.
void append_thinking(JsonObject& config, std::string_view model, const Options& options) {
  const std::string_view effort = options.reasoning_effort;
  if (effort.empty() && !options.thinking_budget) return;
  JsonObject thinking(config.key("thinkingConfig"));
  if (options.thinking_budget) {
    thinking.add("thinkingBudget", *options.thinking_budget);
  } else if (effort == "none") {
    thinking.add("thinkingBudget", 0);
  } else if (model.find("gemini-2") != model.npos) {
    thinking.add("thinkingBudget", effort == "minimal" || effort == "low" ? 1024 : effort == "medium" ? 8192 : 24576);
  } else {
    thinking.add("thinkingLevel", effort == "xhigh" || effort == "max" ? "high" : effort);
  }
  if (effort != "none") thinking.add("includeThoughts", true);
}

void append_config(JsonObject& json, std::string_view model, const Options& options) {
  using Format = chat::OutputFormat::Kind;
  JsonObject config(json.key("generationConfig"));
  constexpr std::pair<std::string_view, std::string_view> kNames[] = {{"temperature", "temperature"},
                                                                      {"top_p", "topP"},
                                                                      {"top_k", "topK"},
                                                                      {"seed", "seed"},
                                                                      {"frequency_penalty", "frequencyPenalty"},
                                                                      {"presence_penalty", "presencePenalty"}};
  for (const auto& [ours, theirs] : kNames) {
    if (!options.number(ours).empty()) config.add_raw(theirs, options.number(ours));
  }
  if (options.max_tokens) config.add("maxOutputTokens", *options.max_tokens);
  if (options.choices != 1) config.add("candidateCount", options.choices);
  if (!options.stop.empty()) {
    JsonArray words(config.key("stopSequences"));
    for (const std::string_view word : options.stop) words.add(word);
  }
  if (options.format.kind != Format::text) config.add("responseMimeType", "application/json");
  if (options.format.kind == Format::schema) config.add_raw("responseJsonSchema", options.format.schema);
  append_thinking(config, model, options);
}

}  // namespace

std::string request_body(gatehouse::ChatRequest request) {
  gatehouse::JsonReader reader;
  const chat::object root = chat::parse_request(reader, request.json());
  const Options options = chat::read_options(
      root, {{"temperature", "top_p", "top_k", "seed", "frequency_penalty", "presence_penalty"}, true});
  const chat::Conversation conversation = chat::read_conversation(root, chat::Shape::alternating);

  std::string body;
  JsonObject json(body);
  append_contents(json, conversation);
  append_system(json, conversation.system);
  append_tools(json, options);
  append_tool_choice(json, options);
  append_config(json, request.model(), options);
  json.close();
  return body;
}

std::string embeddings_body(const gatehouse::EmbeddingsRequest& request, std::string_view model) {
  gatehouse::JsonReader reader;
  const chat::object root = chat::parse_request(reader, request.json());
  const auto dimensions = chat::field(root, "dimensions");
  std::string body;
  JsonObject json(body);
  JsonArray requests(json.key("requests"));
  for (const std::string_view text : embeddings::texts_of(root)) {
    JsonObject one(requests.next());
    JsonObject content(one.add("model", model).key("content"));
    JsonArray parts(content.key("parts"));
    JsonObject part(parts.next());
    part.add("text", text).close();
    parts.close();
    content.close();
    if (dimensions) one.add_raw("outputDimensionality", chat::raw(*dimensions));
  }
  requests.close();
  json.close();
  return body;
}

}  // namespace gemini
