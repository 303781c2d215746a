// Finds the first control character in bytes of HTTP, eight bytes at a time: in a head there are next to none.
// A function without state; any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace gatehouse::net {

constexpr bool is_control(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }

// How many bytes come before the first control character.
inline std::size_t plain_length(std::string_view text) {
  constexpr std::uint64_t kOnes = 0x0101010101010101u;
  constexpr std::uint64_t kHighs = 0x8080808080808080u;
  const auto has_control = [&](std::size_t at) {
    std::uint64_t word;
    std::memcpy(&word, text.data() + at, sizeof word);
    const std::uint64_t del = word ^ (kOnes * 0x7f);
    return ((((word - kOnes * 0x20) & ~word) | ((del - kOnes) & ~del)) & kHighs) != 0;
  };
  std::size_t at = 0;
  while (text.size() - at >= 8 && !has_control(at)) at += 8;
  // The last word may overlap the one before: looking at it twice is cheaper than at its bytes.
  if (text.size() - at < 8 && text.size() >= 8 && !has_control(text.size() - 8)) return text.size();
  while (at != text.size() && !is_control(text[at])) ++at;
  return at;
}

}  // namespace gatehouse::net
