#include "core/identifier.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <random>

namespace gatehouse::core {

namespace {

std::uint64_t random_bits() {
  thread_local std::mt19937_64 engine = [] {
    std::random_device device;
    std::seed_seq seed{device(), device(), device(), device(), device(), device(), device(), device()};
    return std::mt19937_64(seed);
  }();
  return engine();
}

constexpr auto kHexOfByte = [] {
  std::array<std::array<char, 2>, 256> pairs{};
  for (std::size_t byte = 0; byte < pairs.size(); ++byte)
    pairs[byte] = {"0123456789abcdef"[byte >> 4], "0123456789abcdef"[byte & 15]};
  return pairs;
}();

// Its lowest digits: an even number, of at most 16.
void append_hex(std::string& out, std::uint64_t value, std::size_t digits) {
  char text[16];
  for (std::size_t at = digits; at != 0; value >>= 8) std::memcpy(text + (at -= 2), kHexOfByte[value & 255].data(), 2);
  out.append(text, digits);
}

}  // namespace

std::string random_hex(std::size_t bytes) {
  std::string out;
  out.reserve(bytes * 2);
  append_random_hex(out, bytes);
  return out;
}

void append_random_hex(std::string& out, std::size_t bytes) {
  for (; bytes >= 8; bytes -= 8) append_hex(out, random_bits(), 16);
  if (bytes != 0) append_hex(out, random_bits(), bytes * 2);
}

std::string new_exchange_id(std::chrono::system_clock::time_point now) {
  const auto since_epoch = std::chrono::duration_cast<std::chrono::milliseconds>(now.time_since_epoch());
  const auto ms = static_cast<std::uint64_t>(since_epoch.count());
  std::string id = "gw-req-";
  id.reserve(39);
  append_hex(id, ms, 12);
  append_hex(id, 0x7000u | (random_bits() & 0x0fff), 4);
  append_hex(id, (random_bits() >> 2) | 0x8000000000000000u, 16);
  return id;
}

bool is_valid_request_id(std::string_view id) {
  return !id.empty() && id.size() <= 128 && std::all_of(id.begin(), id.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '_' ||
           c == '-';
  });
}

}  // namespace gatehouse::core
