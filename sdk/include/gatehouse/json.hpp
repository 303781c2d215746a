// Writing JSON: text becomes a quoted, escaped JSON string. Reading is in json_read.hpp.
// Depends on nothing but the standard library. Functions without state; any thread.
#pragma once

#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

namespace gatehouse {
namespace detail {

inline bool needs_escape(char c) { return static_cast<unsigned char>(c) < 0x20 || c == '"' || c == '\\'; }

// Whether one of eight bytes at p may need an escape; looks at them as one word.
inline bool may_need_escape(const char* p) {
  constexpr std::uint64_t ones = 0x0101010101010101u;
  constexpr std::uint64_t highs = 0x8080808080808080u;
  std::uint64_t word;
  std::memcpy(&word, p, sizeof word);
  const std::uint64_t quote = word ^ (ones * '"');
  const std::uint64_t backslash = word ^ (ones * '\\');
  const std::uint64_t hits =
      ((word - ones * 0x20) & ~word) | ((quote - ones) & ~quote) | ((backslash - ones) & ~backslash);
  return (hits & highs) != 0;
}

inline void append_escape(std::string& out, char c) {
  constexpr char digits[] = "0123456789abcdef";
  switch (c) {
    case '"': out += "\\\""; break;
    case '\\': out += "\\\\"; break;
    case '\b': out += "\\b"; break;
    case '\f': out += "\\f"; break;
    case '\n': out += "\\n"; break;
    case '\r': out += "\\r"; break;
    case '\t': out += "\\t"; break;
    default: {
      const auto byte = static_cast<unsigned char>(c);
      const char code[] = {'\\', 'u', '0', '0', digits[byte >> 4], digits[byte & 15]};
      out.append(code, sizeof code);
    }
  }
}

// How many bytes at the beginning stand for themselves inside a JSON string.
inline std::size_t plain_length(const char* text, std::size_t size) {
  std::size_t at = 0;
  while (size - at >= 8 && !may_need_escape(text + at)) at += 8;
  // The last word may overlap the one before: looking at it twice is cheaper than at its bytes.
  if (size - at < 8 && size >= 8 && !may_need_escape(text + size - 8)) return size;
  while (at != size && !needs_escape(text[at])) ++at;
  return at;
}

}  // namespace detail

// Appends text as it stands inside a JSON string, without the quotes. text is UTF-8.
inline void append_escaped(std::string& out, std::string_view text) {
  while (!text.empty()) {
    const std::size_t plain = detail::plain_length(text.data(), text.size());
    out.append(text.data(), plain);
    if (plain == text.size()) return;
    detail::append_escape(out, text[plain]);
    text.remove_prefix(plain + 1);
  }
}

// Appends text as a JSON string, with the quotes. text is UTF-8.
inline void append_quoted(std::string& out, std::string_view text) {
  out += '"';
  append_escaped(out, text);
  out += '"';
}

// The same as a new string.
inline std::string json_string(std::string_view text) {
  std::string out;
  out.reserve(text.size() + 2);
  append_quoted(out, text);
  return out;
}

}  // namespace gatehouse
