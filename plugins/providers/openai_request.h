// Takes out of a chat request what other dialects can say and OpenAI refuses to hear: the fields that
// abi.h lists beside gh_chat_request. A request without them stays as it is, byte for byte.
// Functions without state; any thread.
#pragma once

#include <gatehouse/plugin.hpp>

#include <algorithm>
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

inline void append_without(std::string& out, simdjson::dom::element value, const Extensions& extensions) {
  simdjson::dom::array list;
  simdjson::dom::object object;
  if (value.get(list) == simdjson::SUCCESS) {
    gatehouse::JsonArray array(out);
    for (const auto entry : list) append_without(array.next(), entry, extensions);
    array.close();
  } else if (value.get(object) == simdjson::SUCCESS) {
    gatehouse::JsonObject json(out);
    for (const auto [name, member] : object) {
      if (name == extensions.names[0] || name == extensions.names[1]) continue;
      if (extensions.next != nullptr && name == extensions.inner)
        append_without(json.key(name), member, *extensions.next);
      else
        json.add_raw(name, simdjson::minify(member));
    }
    json.close();
  } else {
    out += simdjson::minify(value);
  }
}

inline std::string without_extensions(std::string_view request) {
  constexpr std::string_view kMarks[] = {"\"reasoning_details\"", "\"is_error\"", "\"cache_control\"", "\"thinking\""};
  const auto has = [&](std::string_view mark) { return request.find(mark) != request.npos; };
  gatehouse::JsonReader reader;
  simdjson::dom::object fields;
  if (std::none_of(std::begin(kMarks), std::end(kMarks), has)) return std::string(request);
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
      json.add_raw(name, simdjson::minify(value));
  }
  json.close();
  return out;
}

}  // namespace openai
