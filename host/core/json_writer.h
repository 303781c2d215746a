// Writes JSON objects and arrays by appending to a string: no document tree, no streams.
// One writer, one thread.
#pragma once

#include <algorithm>
#include <charconv>
#include <concepts>
#include <gatehouse/json.hpp>
#include <string>
#include <string_view>

namespace gatehouse::core {

class JsonObject {
 public:
  explicit JsonObject(std::string& out) : out_(out) { out_ += '{'; }

  JsonObject& add(std::string_view name, std::string_view text) {
    append_quoted(key(name), text);
    return *this;
  }
  JsonObject& add(std::string_view name, const char* text) { return add(name, std::string_view(text)); }
  JsonObject& add(std::string_view name, std::same_as<bool> auto flag) {
    return add_raw(name, flag ? "true" : "false");
  }
  template <class N>
  requires(std::integral<N> && !std::same_as<N, bool>) JsonObject& add(std::string_view name, N number) {
    char digits[24];
    const auto end = std::to_chars(digits, digits + sizeof digits, number).ptr;
    return add_raw(name, {digits, static_cast<std::size_t>(end - digits)});
  }
  // The text when there is one, else null.
  JsonObject& add_or_null(std::string_view name, std::string_view text) {
    return text.empty() ? add_raw(name, "null") : add(name, text);
  }
  JsonObject& add_raw(std::string_view name, std::string_view json) {
    key(name).append(json);
    return *this;
  }
  // A whole member as somebody else wrote it, name and all.
  JsonObject& add_member(std::string_view member) {
    separate();
    out_.append(member);
    return *this;
  }
  // Writes the name, which needs no escaping when we chose it; the caller appends the value to the string returned.
  std::string& key(std::string_view name) {
    constexpr std::size_t kShort = 40;  // one append costs less than four
    if (name.size() > kShort) {
      separate();
      out_ += '"';
      return out_.append(name).append("\":");
    }
    char text[kShort + 4];
    char* end = text;
    if (!first_) *end++ = ',';
    first_ = false;
    *end++ = '"';
    end = std::copy(name.begin(), name.end(), end);
    *end++ = '"';
    *end++ = ':';
    return out_.append(text, static_cast<std::size_t>(end - text));
  }
  void close() { out_ += '}'; }

 private:
  void separate() {
    if (!first_) out_ += ',';
    first_ = false;
  }

  std::string& out_;
  bool first_ = true;
};

// Adds a list, each element by append(out, element).
template <class List, class Append>
void append_list(JsonObject& json, std::string_view name, const List& list, Append append) {
  std::string& out = json.key(name) += '[';
  for (const auto& element : list) {
    if (out.back() != '[') out += ',';
    append(out, element);
  }
  out += ']';
}

}  // namespace gatehouse::core
