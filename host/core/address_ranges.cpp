#include "core/address_ranges.h"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>
#include <cstring>
#include <string>

namespace gatehouse::core {

namespace {

constexpr unsigned kBits = 128;
constexpr std::size_t kBytesBeforeV4 = 12;
constexpr unsigned kBitsBeforeV4 = 8 * kBytesBeforeV4;
constexpr std::size_t kLongest = 45;  // characters of an address

using Bytes = std::array<std::uint8_t, 16>;

Bytes masked(Bytes bytes, unsigned bits) {
  for (unsigned i = 0; i < bytes.size(); ++i) {
    const unsigned deciding = bits > 8 * i ? std::min(bits - 8 * i, 8u) : 0;
    bytes[i] &= static_cast<std::uint8_t>(0xFF00u >> deciding);
  }
  return bytes;
}

bool parse(std::string_view text, Bytes& bytes) {
  if (text.size() > kLongest) return false;
  const std::string address(text);
  if (::inet_pton(AF_INET6, address.c_str(), bytes.data()) == 1) return true;
  bytes = {};
  bytes[10] = bytes[11] = 0xFF;
  return ::inet_pton(AF_INET, address.c_str(), bytes.data() + kBytesBeforeV4) == 1;
}

}  // namespace

std::string canonical_address(std::string_view text) {
  Bytes bytes;
  if (!parse(text, bytes)) return {};
  in6_addr address;
  std::memcpy(&address, bytes.data(), bytes.size());
  char written[kLongest + 1];
  if (IN6_IS_ADDR_V4MAPPED(&address))
    return ::inet_ntop(AF_INET, bytes.data() + kBytesBeforeV4, written, sizeof written);
  return ::inet_ntop(AF_INET6, bytes.data(), written, sizeof written);
}

bool AddressRanges::add(std::string_view range) {
  const std::size_t slash = range.find('/');
  const std::string_view address = range.substr(0, slash);
  Range added{{}, kBits};
  if (!parse(address, added.first)) return false;
  if (slash != range.npos) {
    const std::string_view prefix = range.substr(slash + 1);
    const unsigned before = address.find(':') == address.npos ? kBitsBeforeV4 : 0;
    const auto [end, error] = std::from_chars(prefix.data(), prefix.data() + prefix.size(), added.bits);
    if (error != std::errc() || end != prefix.data() + prefix.size() || added.bits > kBits - before) return false;
    added.bits += before;
  }
  if (masked(added.first, added.bits) != added.first) return false;
  ranges_.push_back(added);
  return true;
}

bool AddressRanges::contains(std::string_view address) const {
  Bytes bytes;
  return !ranges_.empty() && parse(address, bytes) &&
         std::any_of(ranges_.begin(), ranges_.end(),
                     [&](const Range& range) { return masked(bytes, range.bits) == range.first; });
}

}  // namespace gatehouse::core
