#include "core/text/identifier.h"

#include <algorithm>
#include <cstdint>
#include <random>

#include "core/text/hex.h"

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
