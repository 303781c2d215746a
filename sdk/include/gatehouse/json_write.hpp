// Writes JSON objects and arrays by appending to a string: no document tree, no streams.
// Depends on nothing but json.hpp. One writer, one thread.
#pragma once

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <string>
#include <string_view>
#include <type_traits>

#include <gatehouse/json.hpp>

// Names are literals: where the compiler sees their length, writing one is two or three moves.
#define GH_INLINED [[gnu::always_inline]]

namespace gatehouse {

class JsonObject {
 public:
  explicit JsonObject(std::string& out) : out_(out) { out_ += '{'; }

  GH_INLINED JsonObject& add(std::string_view name, std::string_view text) {
    if (name.size() + text.size() > kShort || detail::plain_length(text.data(), text.size()) != text.size()) {
      append_quoted(key(name), text);
      return *this;
    }
    char member[kShort + 6];
    char* end = put(put_key(member, name), "\"");
    end = put(put(end, text), "\"");
    return append(member, end);
  }
  GH_INLINED JsonObject& add(std::string_view name, const char* text) { return add(name, std::string_view(text)); }
  template <class T>
  GH_INLINED std::enable_if_t<std::is_same_v<T, bool>, JsonObject&> add(std::string_view name, T flag) {
    return add_raw(name, flag ? "true" : "false");
  }
  template <class N>
  GH_INLINED std::enable_if_t<std::is_integral_v<N> && !std::is_same_v<N, bool>, JsonObject&> add(
      std::string_view name, N number) {
    if (name.size() > kShort) return add_raw(name, std::to_string(number));
    char member[kShort + 28];
    char* const digits = put_key(member, name);
    return append(member, std::to_chars(digits, digits + 24, number).ptr);
  }
  // The text when there is one, else null.
  GH_INLINED JsonObject& add_or_null(std::string_view name, std::string_view text) {
    return text.empty() ? add_raw(name, "null") : add(name, text);
  }
  GH_INLINED JsonObject& add_raw(std::string_view name, std::string_view json) {
    if (name.size() + json.size() > kShort) {
      key(name).append(json);
      return *this;
    }
    char member[kShort + 4];
    return append(member, put(put_key(member, name), json));
  }
  // A whole member as somebody else wrote it, name and all.
  JsonObject& add_member(std::string_view member) {
    if (!first_) out_ += ',';
    first_ = false;
    out_.append(member);
    return *this;
  }
  // Writes the name, which needs no escaping when we chose it; the caller appends the value to the string returned.
  std::string& key(std::string_view name) {
    if (name.size() > kShort) return add_member("\"").out_.append(name).append("\":");
    char text[kShort + 4];
    return append(text, put_key(text, name)).out_;
  }
  void close() { out_ += '}'; }

 private:
  // A short member is put together first: one append costs less than five.
  static constexpr std::size_t kShort = 120;

  GH_INLINED static char* put(char* end, std::string_view text) { return std::copy(text.begin(), text.end(), end); }
  GH_INLINED char* put_key(char* end, std::string_view name) {
    if (!first_) *end++ = ',';
    first_ = false;
    return put(put(put(end, "\""), name), "\":");
  }
  JsonObject& append(const char* begin, const char* end) {
    out_.append(begin, static_cast<std::size_t>(end - begin));
    return *this;
  }

  std::string& out_;
  bool first_ = true;
};

class JsonArray {
 public:
  explicit JsonArray(std::string& out) : out_(out) { out_ += '['; }

  // The caller appends the next element to the string returned.
  std::string& next() {
    if (!first_) out_ += ',';
    first_ = false;
    return out_;
  }
  JsonArray& add(std::string_view text) {
    append_quoted(next(), text);
    return *this;
  }
  void close() { out_ += ']'; }

 private:
  std::string& out_;
  bool first_ = true;
};

}  // namespace gatehouse

#undef GH_INLINED
