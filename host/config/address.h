// An address as written in the configuration, to listen on or to connect to: "127.0.0.1:8080", "[::1]:8080".
// A value.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace gatehouse::config {

struct Address {
  std::string host;        // an IP address without brackets, or a name
  std::uint16_t port = 0;  // 0: any free one

  bool operator==(const Address&) const = default;
  bool loopback() const;
  std::string text() const;  // as it would be written
};

std::optional<Address> parse_address(std::string_view text);  // to listen on: of names, only "localhost"
std::optional<Address> parse_server(std::string_view text);   // to connect to: any name, and a port above 0

// http://HOST… or https://HOST… without a user, and without these characters.
bool is_web_url(std::string_view url, std::string_view without);

}  // namespace gatehouse::config
