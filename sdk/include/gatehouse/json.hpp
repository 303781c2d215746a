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

}  // namespace detail

// Appends text as it stands inside a JSON string, without the quotes. text is UTF-8.
inline void append_escaped(std::string& out, std::string_view text) {
  const char* at = text.data();
  const char* const end = at + text.size();
  while (at != end) {
    const char* const run = at;
    while (end - at >= 8 && !detail::may_need_escape(at)) at += 8;
    while (at != end && !detail::needs_escape(*at)) ++at;
    out.append(run, static_cast<std::size_t>(at - run));
    if (at != end) detail::append_escape(out, *at++);
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
