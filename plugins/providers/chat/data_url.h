// Data URLs (RFC 2397) as chat requests carry images and files: strict, base64 only, bounded.
// Functions without state; any thread.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace chat {

constexpr std::size_t kMaxDataUrl = 32u << 20;  // what the largest provider takes in one request

struct DataUrl {
  std::string_view media_type;  // "image/png"
  std::string_view data;        // base64, checked
};

inline bool is_media_type(std::string_view text) {
  std::size_t slashes = 0;
  for (const char c : text) {
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    slashes += c == '/';
    if (!letter && std::string_view("/+-._").find(c) == std::string_view::npos) return false;
  }
  return slashes == 1 && text.size() <= 64 && text.front() != '/' && text.back() != '/';
}

// The alphabet of RFC 4648 section 4, padded, nothing else: no line breaks, no URL-safe letters.
inline bool is_base64(std::string_view text) {
  if (text.empty() || text.size() % 4 != 0) return false;
  std::size_t padding = 0;
  while (padding < 2 && text[text.size() - 1 - padding] == '=') ++padding;
  for (const char c : text.substr(0, text.size() - padding)) {
    const bool fine =
        (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '+' || c == '/';
    if (!fine) return false;
  }
  return true;
}

// nullopt when url is not a data URL that keeps to all of the above.
inline std::optional<DataUrl> parse_data_url(std::string_view url) {
  constexpr std::string_view kScheme = "data:";
  constexpr std::string_view kBase64 = ";base64";
  if (url.size() > kMaxDataUrl || !url.starts_with(kScheme)) return std::nullopt;
  const std::size_t comma = url.find(',');
  if (comma == std::string_view::npos || comma < kScheme.size() + kBase64.size()) return std::nullopt;
  std::string_view head = url.substr(kScheme.size(), comma - kScheme.size());
  if (!head.ends_with(kBase64)) return std::nullopt;
  head.remove_suffix(kBase64.size());
  const DataUrl found{head, url.substr(comma + 1)};
  if (head.empty() || !is_media_type(head) || !is_base64(found.data)) return std::nullopt;
  return found;
}

}  // namespace chat
