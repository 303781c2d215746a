#include "core/text/hex.h"

#include <array>
#include <cstring>

namespace gatehouse::core {

namespace {

constexpr auto kHexOfByte = [] {
  std::array<std::array<char, 2>, 256> pairs{};
  for (std::size_t byte = 0; byte < pairs.size(); ++byte)
    pairs[byte] = {"0123456789abcdef"[byte >> 4], "0123456789abcdef"[byte & 15]};
  return pairs;
}();

}  // namespace

void append_hex(std::string& out, std::uint64_t value, std::size_t digits) {
  char text[16];
  for (std::size_t at = digits; at != 0; value >>= 8) std::memcpy(text + (at -= 2), kHexOfByte[value & 255].data(), 2);
  out.append(text, digits);
}

std::string hex(std::span<const unsigned char> bytes) {
  std::string out;
  out.reserve(bytes.size() * 2);
  for (const unsigned char byte : bytes) out.append(kHexOfByte[byte].data(), 2);
  return out;
}

}  // namespace gatehouse::core
