// Writing JSON: text becomes a quoted, escaped JSON string. Reading is in json_read.hpp.
// Depends on nothing but plain_bytes.hpp. Functions without state; any thread.
#pragma once

#include <string>
#include <string_view>

#include <gatehouse/plain_bytes.hpp>

namespace gatehouse {
namespace detail {

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
inline std::size_t json_plain_length(std::string_view text) { return plain_length<'"', '\\'>(text); }

}  // namespace detail

// Appends text as it stands inside a JSON string, without the quotes. text is UTF-8.
inline void append_escaped(std::string& out, std::string_view text) {
  while (!text.empty()) {
    const std::size_t plain = detail::json_plain_length(text);
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
