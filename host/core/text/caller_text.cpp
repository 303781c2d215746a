#include "core/text/caller_text.h"

namespace gatehouse::core {

std::string_view cut(std::string_view text, std::size_t most) {
  if (text.size() <= most) return text;
  const auto continues = [](char c) { return (static_cast<unsigned char>(c) & 0xC0) == 0x80; };
  while (most > 0 && continues(text[most])) --most;
  return text.substr(0, most);
}

std::string excerpt(std::string_view text) {
  std::string shown(cut(text, kMostQuoted));
  if (shown.size() < text.size()) shown += "…";
  return shown;
}

}  // namespace gatehouse::core
