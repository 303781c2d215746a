// Ranges of IP addresses, such as those of trusted proxies: "10.0.0.0/8", "fd00::/8" or one address. Immutable once
// filled; any thread.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace gatehouse::core {

// An IP address as everybody writes it: "::ffff:192.0.2.1" is "192.0.2.1". Empty: the text is none.
std::string canonical_address(std::string_view text);

class AddressRanges {
 public:
  // False: the text is no address or range, or has bits set beyond its prefix ("10.0.0.1/8").
  bool add(std::string_view range);
  // An IPv4 address is found in its IPv6 form (::ffff:192.0.2.1), too. False for what is no address.
  bool contains(std::string_view address) const;
  bool empty() const { return ranges_.empty(); }

  bool operator==(const AddressRanges&) const = default;

 private:
  struct Range {
    std::array<std::uint8_t, 16> first;  // IPv4 in its IPv6 form
    unsigned bits;                       // that decide
    bool operator==(const Range&) const = default;
  };

  std::vector<Range> ranges_;
};

}  // namespace gatehouse::core
