#include "core/text/visible.h"

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <iterator>

namespace gatehouse::core {

namespace {

struct Span {
  char32_t first, last;
};
// Controls; soft hyphen; joiners, marks and overrides of direction; separators; tags; a character's other looks.
constexpr Span kUnseen[] = {{0x00, 0x1F},     {0x7F, 0x9F},     {0xAD, 0xAD},     {0x61C, 0x61C},    {0x115F, 0x1160},
                            {0x180B, 0x180F}, {0x200B, 0x200F}, {0x2028, 0x202E}, {0x2060, 0x206F},  {0x3164, 0x3164},
                            {0xFE00, 0xFE0F}, {0xFEFF, 0xFEFF}, {0xFFF0, 0xFFFB}, {0xE0000, 0xE0FFF}};

bool is_seen(char32_t c) {
  return std::none_of(std::begin(kUnseen), std::end(kUnseen),
                      [&](const Span& span) { return c >= span.first && c <= span.last; });
}

struct Character {
  char32_t code = 0;
  std::size_t size = 0;  // 0: the text does not begin with one
};

// The character that the text begins with, in the one way that UTF-8 writes it (RFC 3629).
Character character_at(std::string_view text) {
  const auto byte = [&](std::size_t at) { return static_cast<unsigned char>(text[at]); };
  const unsigned char lead = byte(0);
  if (lead < 0x80) return {lead, 1};
  const std::size_t size = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
  constexpr char32_t kLeast[] = {0, 0, 0x80, 0x800, 0x10000};
  if (lead < 0xC2 || lead > 0xF4 || text.size() < size) return {};
  char32_t code = lead & (0xFFu >> (size + 1));
  for (std::size_t i = 1; i < size; ++i) {
    if ((byte(i) & 0xC0) != 0x80) return {};
    code = code << 6 | (byte(i) & 0x3F);
  }
  const bool surrogate = code >= 0xD800 && code <= 0xDFFF;
  if (code < kLeast[size] || code > 0x10FFFF || surrogate) return {};
  return {code, size};
}

void append_code(std::string& out, char kind, std::uint32_t code) {
  char digits[8];
  char* const end = std::to_chars(std::begin(digits), std::end(digits), code, 16).ptr;
  std::transform(digits, end, digits, [](char c) { return c >= 'a' ? static_cast<char>(c - 'a' + 'A') : c; });
  out.append({'\\', kind, '{'}).append(digits, end).append("}");
}

}  // namespace

std::string visible(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const Character next = character_at(text);
    const std::size_t size = std::max<std::size_t>(next.size, 1);
    if (next.size == 0)
      append_code(out, 'x', static_cast<unsigned char>(text.front()));
    else if (next.code == '\\')
      out += "\\\\";
    else if (is_seen(next.code))
      out += text.substr(0, size);
    else
      append_code(out, 'u', next.code);
    text.remove_prefix(size);
  }
  return out;
}

}  // namespace gatehouse::core
