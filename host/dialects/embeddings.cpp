#include "dialects/embeddings.h"

#include <bit>
#include <cstdint>

#include "core/text/base64.h"
#include "dialects/foreign_json.h"
#include "dialects/openai_json.h"

namespace gatehouse::dialects {

using core::JsonArray;
using core::JsonObject;

namespace {

void append_text(JsonArray& messages, std::string_view text) {
  JsonObject message(messages.next());
  message.add("role", "user").add("content", text);
}

void append_tokens(JsonArray& messages, array tokens, const std::string& path) {
  for (const element token : tokens) (void)as<std::uint64_t>(token, path, "must be an array of token numbers");
  JsonObject message(messages.next());
  JsonArray parts(message.add("role", "user").key("content"));
  JsonObject part(parts.next());
  part.add("type", "tokens").add_raw("tokens", simdjson::minify(tokens));
}

// A string, strings, tokens, or lists of tokens.
void append_inputs(element input, JsonArray& messages) {
  std::string_view text;
  if (input.get(text) == simdjson::SUCCESS) return append_text(messages, text);
  const array list = as<array>(input, "input", "must be a string, an array of strings, or arrays of tokens");
  if (list.size() == 0) throw wrong("input", "must not be empty");
  if (list.at(0).is_number()) return append_tokens(messages, list, "input");
  std::size_t index = 0;
  for (const element one : list) {
    const std::string path = item("input", index++);
    if (index > Embeddings::kMaxInputs) throw wrong("input", "must have at most 2048 entries");
    if (one.get(text) == simdjson::SUCCESS)
      append_text(messages, text);
    else
      append_tokens(messages, as<array>(one, path, "must be a string or an array of tokens"), path);
  }
}

std::string translate(object request) {
  refuse_others(request, {"model", "input", "dimensions", "encoding_format", "user", "metadata"}, "");
  const std::string_view format = text_or_empty(request, "encoding_format");
  if (field(request, "encoding_format") && format != "float" && format != "base64") {
    throw wrong("encoding_format", "must be float or base64");
  }
  // Some providers are told it with every input.
  (void)find<std::uint64_t>(request, "dimensions", "");
  // It goes to nobody; tags are read from it.
  (void)find<object>(request, "metadata", "");
  const element input = need(request, "input", "");
  std::string json;
  JsonObject out(json);
  out.add("model", need_text(request, "model", ""));
  JsonArray messages(out.key("messages"));
  append_inputs(input, messages);
  messages.close();
  copy(request, {"dimensions", "encoding_format", "user", "metadata"}, out);
  out.close();
  return json;
}

// 32-bit floats, lowest byte first.
std::string packed(array vector) {
  std::string bytes;
  bytes.reserve(vector.size() * 4);
  for (const element entry : vector) {
    const auto number = as<double>(entry, "embedding", "must be an array of numbers");
    const auto bits = std::bit_cast<std::uint32_t>(static_cast<float>(number));
    for (int shift = 0; shift < 32; shift += 8) bytes += static_cast<char>(bits >> shift & 255);
  }
  return bytes;
}

void append_entry(std::string& out, element entry, std::size_t index, bool base64) {
  const auto vector = field(as<object>(entry, "data"), "embedding");
  const array numbers = as<array>(vector ? *vector : entry, "embedding", "must be an array of numbers");
  JsonObject json(out);
  json.add("object", "embedding").add("index", index);
  if (base64)
    json.add("embedding", core::base64(packed(numbers)));
  else
    json.add_raw("embedding", simdjson::minify(numbers));
}

void append_data(std::string& out, element root, std::size_t expected, bool base64) {
  const auto data = field(as<object>(root, "the answer"), "data");
  if (!data) throw wrong("data", "is missing");
  JsonArray list(out);
  std::size_t index = 0;
  for (const element entry : as<array>(*data, "data")) {
    append_entry(list.next(), entry, index++, base64);
  }
  if (index != expected) throw wrong("data", "must have one entry for each input");
}

}  // namespace

core::Result<Question> Embeddings::read(core::PaddedBytes body) const {
  GH_ASSIGN(auto&& request, read_translated(body, translate, core::Task::embeddings));
  return Question{std::move(request), {}, {}};
}

core::Status Embeddings::whole(const AnswerHead& head, const core::ChatRequest& request, const core::Reply& reply,
                               std::string& out) const {
  const auto bad = [](std::string_view why) {
    return core::Status(core::Code::upstream_failed, "The provider's embeddings cannot be read: " + std::string(why));
  };
  simdjson::dom::parser parser;
  element root;
  const auto error = parser.parse(reply.json).get(root);
  if (error != simdjson::SUCCESS) return bad(simdjson::error_message(error));
  const core::Member* format = request.member("encoding_format");
  JsonObject json(out);
  json.add("object", "list");
  try {
    append_data(json.key("data"), root, request.message_count(), format && format->text == "base64");
  } catch (const Error& refusal) {
    return bad(refusal.message());
  }
  json.add("model", head.model);
  JsonObject usage(json.key("usage"));
  usage.add("prompt_tokens", reply.usage.input).add("total_tokens", reply.usage.total());
  return {};
}

void Embeddings::error(const core::Status& status, std::string_view, std::string& out) const {
  append_openai_error(status, out);
}

}  // namespace gatehouse::dialects
