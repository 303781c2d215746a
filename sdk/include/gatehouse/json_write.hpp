// Writes JSON objects and arrays by appending to a string: no document tree, no streams. Each closes itself at
// the end of its scope; before its parent is written to again, or the string is read, close() does so.
//   JsonObject error(answer.key("error"));
//   error.add("type", "overloaded").add("code", 7);
// Depends on nothing but json.hpp. One writer, one thread.
#pragma once

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <exception>
#include <string>
#include <string_view>
#include <type_traits>

#include <gatehouse/json.hpp>

namespace gatehouse {

namespace detail {

// Whether a writer may close at the end of its scope. Where an exception leaves it, what was written is lost anyway, and
// another one, for lack of memory, would end the process.
inline bool may_close(const std::string& out, std::size_t more) {
  return out.capacity() - out.size() >= more || std::uncaught_exceptions() == 0;
}

}  // namespace detail

// Closing may need memory: the ends of these scopes throw std::bad_alloc like all that is written.
class JsonObject {
 public:
  explicit JsonObject(std::string& out) : out_(out) { *end_++ = '{'; }
  JsonObject(const JsonObject&) = delete;
  JsonObject& operator=(const JsonObject&) = delete;
  ~JsonObject() noexcept(false) {
    if (detail::may_close(out_, kHeld)) close();
  }

  JsonObject& add(std::string_view name, std::string_view text) {
    if (name.size() + text.size() > kShort || detail::json_plain_length(text) != text.size()) {
      append_quoted(key(name), text);
      return *this;
    }
    begin(name);
    put("\"");
    put(text);
    put("\"");
    return *this;
  }
  JsonObject& add(std::string_view name, const char* text) { return add(name, std::string_view(text)); }
  template <class T>
  std::enable_if_t<std::is_same_v<T, bool>, JsonObject&> add(std::string_view name, T flag) {
    return add_raw(name, flag ? "true" : "false");
  }
  template <class N>
  std::enable_if_t<std::is_integral_v<N> && !std::is_same_v<N, bool>, JsonObject&> add(
      std::string_view name, N number) {
    if (name.size() > kShort) return add_raw(name, std::to_string(number));
    begin(name);
    end_ = std::to_chars(end_, end_ + kNumber, number).ptr;
    return *this;
  }
  // The text when there is one, else null.
  JsonObject& add_or_null(std::string_view name, std::string_view text) {
    return text.empty() ? add_raw(name, "null") : add(name, text);
  }
  JsonObject& add_raw(std::string_view name, std::string_view json) {
    if (name.size() + json.size() > kShort) {
      key(name).append(json);
      return *this;
    }
    begin(name);
    put(json);
    return *this;
  }
  // A whole member as somebody else wrote it, name and all.
  JsonObject& add_member(std::string_view member) {
    separate();
    flush();
    out_.append(member);
    return *this;
  }
  // Writes the name, which needs no escaping when we chose it; the caller appends the value to the string returned.
  std::string& key(std::string_view name) {
    if (name.size() > kShort) return add_member("\"").out_.append(name).append("\":");
    begin(name);
    flush();
    return out_;
  }
  // Before it, not everything is in the string. A second one does nothing.
  void close() {
    if (end_ == nullptr) return;
    *end_++ = '}';
    flush();
    end_ = nullptr;
  }

 private:
  // Short members are put together here: one append for several costs less than five for each.
  static constexpr std::size_t kShort = 120;  // of name and value
  static constexpr std::size_t kNumber = 24;
  static constexpr std::size_t kAround = 8;  // comma, quotes, colon; and the brace that closes
  static constexpr std::size_t kHeld = 256;

  void put(std::string_view text) { end_ = std::copy(text.begin(), text.end(), end_); }
  void separate() {
    if (!first_) *end_++ = ',';
    first_ = false;
  }
  // After it there is room for any short value.
  void begin(std::string_view name) {
    if (held_ + kHeld - end_ < static_cast<std::ptrdiff_t>(kShort + kNumber + kAround)) flush();
    separate();
    put("\"");
    put(name);
    put("\":");
  }
  void flush() {
    out_.append(held_, static_cast<std::size_t>(end_ - held_));
    end_ = held_;
  }

  std::string& out_;
  bool first_ = true;
  char held_[kHeld];
  char* end_ = held_;
};

class JsonArray {
 public:
  explicit JsonArray(std::string& out) : out_(out) { out_ += '['; }
  JsonArray(const JsonArray&) = delete;
  JsonArray& operator=(const JsonArray&) = delete;
  ~JsonArray() noexcept(false) {
    if (detail::may_close(out_, 1)) close();
  }

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
  // Every element of a range, each by append(out, element).
  template <class Range, class Append>
  JsonArray& add_each(const Range& range, Append append) {
    for (const auto& element : range) append(next(), element);
    return *this;
  }
  void close() {
    if (!open_) return;
    out_ += ']';
    open_ = false;
  }

 private:
  std::string& out_;
  bool first_ = true;
  bool open_ = true;
};

}  // namespace gatehouse
