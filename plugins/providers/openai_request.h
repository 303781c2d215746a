// What goes out to an OpenAI-compatible provider. Takes out of a chat request what other dialects can say and OpenAI
// refuses to hear: the fields that abi.h lists beside gh_chat_request. A request without them stays as it is, byte for
// byte. Functions without state; any thread.
#pragma once

#include <gatehouse/plugin.hpp>

#include <string>
#include <string_view>

namespace openai {

// The names that are left out of an object or of each object of a list.
struct Extensions {
  std::string_view names[2];
  std::string_view inner;  // the member that has objects of the next kind
  const Extensions* next;
};

inline constexpr Extensions kOfPartOrTool = {{"cache_control", ""}, "", nullptr};
inline constexpr Extensions kOfMessage = {{"reasoning_details", "is_error"}, "content", &kOfPartOrTool};

inline void add_as_it_is(gatehouse::JsonObject& json, std::string_view name, simdjson::dom::element value) {
  json.add_member(gatehouse::json_string(name) + ":" + std::string(simdjson::minify(value)));
}

inline void append_without(std::string& out, simdjson::dom::element value, const Extensions& extensions) {
  simdjson::dom::array list;
  simdjson::dom::object object;
  if (value.get(list) == simdjson::SUCCESS) {
    gatehouse::JsonArray array(out);
    for (const auto entry : list) append_without(array.next(), entry, extensions);
  } else if (value.get(object) == simdjson::SUCCESS) {
    gatehouse::JsonObject json(out);
    for (const auto [name, member] : object) {
      if (name == extensions.names[0] || name == extensions.names[1]) continue;
      if (extensions.next != nullptr && name == extensions.inner)
        append_without(json.key(name), member, *extensions.next);
      else
        add_as_it_is(json, name, member);
    }
  } else {
    out += simdjson::minify(value);
  }
}

// One pass, from quote to quote: nearly no request has any, and a document of its own costs more than this look.
inline bool may_have_extensions(std::string_view request) {
  for (std::size_t quote = request.find('"'); quote != request.npos; quote = request.find('"', quote + 1)) {
    const std::string_view rest = request.substr(quote + 1);
    switch (rest.empty() ? '\0' : rest.front()) {  // decides nearly always, without a call
      case 'r':
        if (rest.starts_with("reasoning_details\"")) return true;
        break;
      case 'i':
        if (rest.starts_with("is_error\"")) return true;
        break;
      case 'c':
        if (rest.starts_with("cache_control\"")) return true;
        break;
      case 't':
        if (rest.starts_with("thinking\"")) return true;
        break;
      default: break;
    }
  }
  return false;
}

inline std::string without_extensions(std::string_view request) {
  if (!may_have_extensions(request)) return std::string(request);
  gatehouse::JsonReader reader;
  simdjson::dom::object fields;
  const auto root = reader.try_parse(request);
  if (!root || root->get(fields) != simdjson::SUCCESS) return std::string(request);
  std::string out;
  out.reserve(request.size());
  gatehouse::JsonObject json(out);
  for (const auto [name, value] : fields) {
    if (name == "thinking" || name == "cache_control") continue;
    if (name == "messages")
      append_without(json.key(name), value, kOfMessage);
    else if (name == "tools")
      append_without(json.key(name), value, kOfPartOrTool);
    else
      add_as_it_is(json, name, value);
  }
  json.close();
  return out;
}

// The body of POST /embeddings. Plain numbers are asked for: base64 is for the gateway's own callers.
inline std::string embeddings_body(const gatehouse::EmbeddingsRequest& request) {
  gatehouse::JsonReader reader;
  const auto root = reader.parse(request.json(), "the request");
  std::string out;
  gatehouse::JsonObject json(out);
  json.add("model", request.model());
  gatehouse::JsonArray input(json.key("input"));
  for (const auto message : root["messages"].get_array()) {
    if (const auto tokens = gatehouse::at<simdjson::dom::array>(message, "/content/0/tokens"))
      input.next() += simdjson::minify(*tokens);
    else
      input.add(gatehouse::text_at(message, "/content").value_or(""));
  }
  input.close();
  for (const char* name : {"dimensions", "user"}) {
    simdjson::dom::element value;
    if (root[name].get(value) == simdjson::SUCCESS) json.add_raw(name, simdjson::minify(value));
  }
  json.add("encoding_format", "float").close();
  return out;
}

}  // namespace openai
