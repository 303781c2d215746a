// A request for embeddings as providers without OpenAI's wire need it, and their vectors in OpenAI's shape.
// Functions without state; any thread.
#pragma once

#include <gatehouse/plugin.hpp>

#include <string>
#include <string_view>
#include <vector>

#include "chat_fields.h"
#include "provider_error.h"

namespace embeddings {

// Texts only: tokens are those of one provider's own models.
inline std::vector<std::string_view> texts_of(chat::object request) {
  std::vector<std::string_view> texts;
  for (const chat::element message : chat::need<chat::array>(request, "messages", "")) {
    const auto text = gatehouse::text_at(message, "/content");
    if (!text) throw chat::wrong(chat::item("input", texts.size()), "must be text: this provider takes no tokens");
    texts.push_back(*text);
  }
  return texts;
}

// Where a provider's answer has the vectors, in each of them the numbers, and what the whole cost.
struct Shape {
  std::string_view vectors, numbers, tokens;
};

inline std::string list_of(chat::element answer, const Shape& shape) {
  const gatehouse::Error none(GH_EUPSTREAM, "the provider answered without any embeddings; check its base_url");
  const auto vectors = gatehouse::at<chat::array>(answer, shape.vectors);
  if (!vectors) throw none;
  std::string out;
  gatehouse::JsonObject json(out);
  gatehouse::JsonArray data(json.add("object", "list").key("data"));
  std::uint64_t index = 0;
  for (const chat::element vector : *vectors) {
    const auto numbers = gatehouse::at<chat::array>(vector, shape.numbers);
    if (!numbers) throw none;
    gatehouse::JsonObject entry(data.next());
    entry.add("object", "embedding").add("index", index++).add_raw("embedding", simdjson::minify(*numbers));
  }
  data.close();
  json.close();
  return out;
}

// list: what out points to afterwards, until the decoding is over.
inline void read(chat::element answer, const Shape& shape, std::string& list, gatehouse::Events& out) {
  if (const auto failure = provider::failure_in(answer)) throw *failure;
  list = list_of(answer, shape);
  out.original(list);
  if (const auto tokens = gatehouse::count_at(answer, shape.tokens)) {
    gatehouse::Usage usage;
    usage.input = *tokens;
    out.usage(usage);
  }
  out.finish("stop");
}

}  // namespace embeddings
