// Hex digits, in lower case. Functions without state; any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

namespace gatehouse::core {

// Appends the lowest `digits` of value: an even number, of at most 16.
void append_hex(std::string& out, std::uint64_t value, std::size_t digits);

std::string hex(std::span<const unsigned char> bytes);

// A digit in either case.
constexpr bool is_hex(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

}  // namespace gatehouse::core
