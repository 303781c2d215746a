// A name as a piece of a URL's path. A function without state; any thread.
#pragma once

#include <string>
#include <string_view>

namespace provider {

// Everything but letters, digits and `plain` is escaped.
inline std::string path_segment(std::string_view name, std::string_view plain = "-._~") {
  constexpr char kDigits[] = "0123456789ABCDEF";
  std::string path;
  for (const char c : name) {
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    const auto byte = static_cast<unsigned char>(c);
    if (letter || plain.find(c) != plain.npos)
      path += c;
    else
      path.append({'%', kDigits[byte >> 4], kDigits[byte & 15]});
  }
  return path;
}

}  // namespace provider
