// Reading a request's fields by name: null is as good as absent, and a field that is missing or wrong is
// refused by name: "'messages[2].content' must be a string". `path` is where an object stands in the request,
// "messages[2]", or nothing for the request itself.
// Functions without state; any thread. They throw Error(GH_EINVAL).
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>

#include <simdjson.h>

#include <gatehouse/error.hpp>

namespace gatehouse::fields {

using simdjson::dom::array;
using simdjson::dom::element;
using simdjson::dom::object;

// "messages[2]"
inline std::string item(std::string_view list, std::size_t index) {
  return std::string(list) + "[" + std::to_string(index) + "]";
}
// "messages[2].content"
inline std::string member(std::string_view path, std::string_view name) {
  std::string_view shown = name.substr(0, 64);  // who asks can name it as long as they like
  while (shown.size() < name.size() && (static_cast<unsigned char>(name[shown.size()]) & 0xC0) == 0x80)
    shown.remove_suffix(1);
  return path.empty() ? std::string(shown) : std::string(path).append(".").append(shown);
}

// `throw wrong("n", "must be 1")`: the caller can mend the request.
inline Error wrong(std::string_view field, std::string_view says) {
  return Error(GH_EINVAL, "'" + std::string(field) + "' " + std::string(says)).param(std::string(field));
}
inline Error missing(std::string_view field) { return wrong(field, "is required"); }
// What the field asks for cannot be had here.
inline Error unsupported(std::string_view field, std::string_view says) {
  return wrong(field, says).code("unsupported_parameter");
}

template <class T>
constexpr std::string_view must_be() {
  if (std::is_same_v<T, std::string_view>) return "must be a string";
  if (std::is_same_v<T, bool>) return "must be true or false";
  if (std::is_same_v<T, double>) return "must be a number";
  if (std::is_same_v<T, array>) return "must be an array";
  if (std::is_same_v<T, object>) return "must be an object";
  static_assert(std::is_same_v<T, std::string_view> || std::is_same_v<T, bool> || std::is_same_v<T, double> ||
                std::is_same_v<T, array> || std::is_same_v<T, object> || std::is_same_v<T, std::uint64_t>);
  return "must be a whole number";
}

inline std::optional<element> field(object from, std::string_view name) {
  element value;
  if (from.at_key(name).get(value) != simdjson::SUCCESS || value.is_null()) return std::nullopt;
  return value;
}

// A value as a T; `field` and `says` are for who sent another.
template <class T>
T as(element value, std::string_view field, std::string_view says = must_be<T>()) {
  T result;
  if (value.get(result) != simdjson::SUCCESS) throw wrong(field, says);
  return result;
}

// The field `name` of the object at `path`, and the same when it must be a T.
inline element need(object from, std::string_view name, std::string_view path) {
  const auto value = field(from, name);
  if (!value) throw missing(member(path, name));
  return *value;
}
template <class T>
T need(object from, std::string_view name, std::string_view path) {
  T result;
  if (need(from, name, path).get(result) != simdjson::SUCCESS) throw wrong(member(path, name), must_be<T>());
  return result;
}
// The same, nullopt where it is absent.
template <class T>
std::optional<T> find(object from, std::string_view name, std::string_view path) {
  const auto value = field(from, name);
  if (!value) return std::nullopt;
  T result;
  if (value->get(result) != simdjson::SUCCESS) throw wrong(member(path, name), must_be<T>());
  return result;
}
inline std::string_view need_text(object from, std::string_view name, std::string_view path) {
  return need<std::string_view>(from, name, path);
}
inline std::string_view text_or_empty(object from, std::string_view name) {
  const auto value = field(from, name);
  std::string_view text;
  return value && value->get(text) == simdjson::SUCCESS ? text : std::string_view();
}

// An element, object or array as it travels on.
template <class Value>
std::string raw(const Value& value) {
  return simdjson::minify(value);
}

}  // namespace gatehouse::fields
