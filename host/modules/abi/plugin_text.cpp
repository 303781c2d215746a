#include "modules/abi/plugin_text.h"

#include <simdjson.h>

#include <cstring>

namespace gatehouse::modules {

namespace {

bool is_continuation(char c) { return (static_cast<unsigned char>(c) & 0xC0) == 0x80; }

// Drops a character that the limit has cut in two.
void drop_cut_character(std::string& text) {
  std::size_t start = text.size();
  while (start > 0 && is_continuation(text[start - 1])) --start;
  if (start > 0 && static_cast<unsigned char>(text[start - 1]) >= 0xC0) --start;
  if (!simdjson::validate_utf8(text.data() + start, text.size() - start)) text.resize(start);
}

}  // namespace

std::string plugin_text(const char* text, std::size_t limit) {
  if (text == nullptr) return {};
  std::string clean(text, ::strnlen(text, limit));
  if (clean.size() == limit) drop_cut_character(clean);
  const bool utf8 = simdjson::validate_utf8(clean);
  for (char& c : clean) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte == 0x7F) c = ' ';
    if (byte >= 0x80 && !utf8) c = '?';
  }
  return clean;
}

}  // namespace gatehouse::modules
