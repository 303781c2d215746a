#include "core/text/mask.h"

#include <algorithm>

namespace gatehouse::core {

namespace {

constexpr std::string_view kMask = "***";

// How many characters at the beginning of text stand in the secret in a row; 0: too few to matter.
std::size_t telling_length(std::string_view text, std::string_view secret) {
  const std::size_t least = std::min(kTellingPiece, secret.size());
  std::size_t longest = 0;
  for (std::size_t at = 0; at + least <= secret.size(); ++at) {
    const std::string_view piece = secret.substr(at);
    const auto ends = std::mismatch(text.begin(), text.begin() + std::min(text.size(), piece.size()), piece.begin());
    longest = std::max(longest, static_cast<std::size_t>(ends.first - text.begin()));
  }
  return longest < least ? 0 : longest;
}

}  // namespace

void mask(std::string& text, std::string_view secret) {
  if (secret.empty()) return;
  std::string masked;
  bool found = false;
  for (std::string_view rest = text; !rest.empty();) {
    const std::size_t length = telling_length(rest, secret);
    found |= length != 0;
    masked += length != 0 ? kMask : rest.substr(0, 1);
    rest.remove_prefix(std::max<std::size_t>(length, 1));
  }
  if (found) text = std::move(masked);
}

std::string without_credentials(std::string_view url) {
  const std::size_t scheme = url.find("://");
  const std::size_t host = scheme == url.npos ? 0 : scheme + 3;
  std::string shown(url);
  if (const std::size_t at = shown.rfind('@'); at != shown.npos && at >= host) shown.replace(host, at - host, kMask);
  std::size_t from = shown.find('?');
  while (from != shown.npos && (from = shown.find('=', from)) != shown.npos) {
    const std::size_t end = std::min(shown.find('&', from), shown.size());
    shown.replace(from + 1, end - from - 1, kMask);
    from += kMask.size();
  }
  return shown;
}

}  // namespace gatehouse::core
