// Finds the first special byte of a text, eight bytes at a time: in most texts there is none. Special are the
// control characters below 0x20, and those that the template names.
// Depends on nothing but the standard library. Functions without state; any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace gatehouse {

template <char... kSpecial>
constexpr bool is_special(char c) {
  return static_cast<unsigned char>(c) < 0x20 || ((c == kSpecial) || ...);
}

namespace detail {

// Whether one of the eight bytes at p may be special; looks at them as one word.
template <char... kSpecial>
inline bool may_be_special(const char* p) {
  constexpr std::uint64_t ones = 0x0101010101010101u;
  constexpr std::uint64_t highs = 0x8080808080808080u;
  std::uint64_t word;
  std::memcpy(&word, p, sizeof word);
  const auto zeros = [](std::uint64_t bytes) { return (bytes - ones) & ~bytes; };
  const std::uint64_t hits =
      ((word - ones * 0x20) & ~word) | (zeros(word ^ (ones * static_cast<unsigned char>(kSpecial))) | ...);
  return (hits & highs) != 0;
}

}  // namespace detail

// How many bytes come before the first special one.
template <char... kSpecial>
inline std::size_t plain_length(std::string_view text) {
  const char* const data = text.data();
  const std::size_t size = text.size();
  std::size_t at = 0;
  while (size - at >= 8 && !detail::may_be_special<kSpecial...>(data + at)) at += 8;
  // The last word may overlap the one before: looking at it twice is cheaper than at its bytes.
  if (size - at < 8 && size >= 8 && !detail::may_be_special<kSpecial...>(data + size - 8)) return size;
  while (at != size && !is_special<kSpecial...>(data[at])) ++at;
  return at;
}

}  // namespace gatehouse
