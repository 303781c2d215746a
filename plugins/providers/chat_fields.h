// Reading fields of a chat request, with a null that counts as absent, and refusing those that a
// provider cannot honour: always by name, never in silence. Functions without state; any thread.
#pragma once

#include <gatehouse/plugin.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace chat {

using simdjson::dom::array;
using simdjson::dom::element;
using simdjson::dom::object;

// "messages[2].content", from its parts.
inline std::string item(std::string_view list, std::size_t index, std::string_view member = {}) {
  std::string path = std::string(list) + "[" + std::to_string(index) + "]";
  if (!member.empty()) path.append(".").append(member);
  return path;
}

// The caller can mend the request.
inline gatehouse::Error wrong(std::string_view field, std::string_view wants) {
  return gatehouse::Error(GH_EINVAL, "'" + std::string(field) + "' must be " + std::string(wants))
      .param(std::string(field));
}
inline gatehouse::Error unsupported(std::string_view field, std::string_view why) {
  return gatehouse::Error(GH_EINVAL, "'" + std::string(field) + "' " + std::string(why))
      .code("unsupported_parameter")
      .param(std::string(field));
}

inline std::optional<element> field(object from, std::string_view name) {
  element value;
  if (from.at_key(name).get(value) != simdjson::SUCCESS || value.is_null()) return std::nullopt;
  return value;
}

// The value as a T, or a refusal that names `path` and says what it must be.
template <class T>
T need(element value, std::string_view path, std::string_view wants) {
  T result;
  if (value.get(result) != simdjson::SUCCESS) throw wrong(path, wants);
  return result;
}
inline std::string_view need_text(object from, std::string_view name, std::string_view path) {
  const auto value = field(from, name);
  if (!value) throw wrong(path, "given");
  return need<std::string_view>(*value, path, "a string");
}
inline std::string_view text_or_empty(object from, std::string_view name) {
  const auto value = field(from, name);
  std::string_view text;
  return value && value->get(text) == simdjson::SUCCESS ? text : std::string_view();
}

// The request itself. The gateway has checked it, but takes numbers that simdjson's tree cannot hold.
inline object parse_request(gatehouse::JsonReader& reader, std::string_view json) {
  const auto root = reader.try_parse(json);
  object fields;
  if (!root || root->get(fields) != simdjson::SUCCESS) {
    throw gatehouse::Error(GH_EINVAL, "the request has a number that is too large for this provider");
  }
  return fields;
}

inline std::string raw(element value) { return simdjson::minify(value); }

}  // namespace chat
