#include "config/address.h"

#include <arpa/inet.h>

#include <charconv>

namespace gatehouse::config {
namespace {

bool is_ip(int family, const std::string& host) {
  unsigned char binary[sizeof(in6_addr)];
  return inet_pton(family, host.c_str(), binary) == 1;
}

std::optional<std::uint16_t> parse_port(std::string_view text) {
  std::uint16_t port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return port;
}

}  // namespace

bool Address::loopback() const {
  in6_addr v6{};
  if (inet_pton(AF_INET6, host.c_str(), &v6) == 1) return IN6_IS_ADDR_LOOPBACK(&v6);
  in_addr v4{};
  if (inet_pton(AF_INET, host.c_str(), &v4) == 1) return ntohl(v4.s_addr) >> 24 == 127;
  return host == "localhost";
}

std::string Address::text() const {
  const bool v6 = host.find(':') != std::string::npos;
  return (v6 ? "[" + host + "]" : host) + ":" + std::to_string(port);
}

std::optional<Address> parse_server(std::string_view text) {
  if (text.starts_with('[')) return parse_address(text);
  const std::size_t colon = text.find(':');
  if (colon == std::string_view::npos || colon == 0) return std::nullopt;
  const auto port = parse_port(text.substr(colon + 1));
  if (!port || *port == 0) return std::nullopt;
  return Address{std::string(text.substr(0, colon)), *port};
}

std::optional<Address> parse_address(std::string_view text) {
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) return std::nullopt;
  std::string host(text.substr(0, colon));
  const auto port = parse_port(text.substr(colon + 1));
  if (!port) return std::nullopt;
  if (host.size() > 2 && host.front() == '[' && host.back() == ']') {
    host = host.substr(1, host.size() - 2);
    if (!is_ip(AF_INET6, host)) return std::nullopt;
  } else if (host != "localhost" && !is_ip(AF_INET, host)) {
    return std::nullopt;
  }
  return Address{std::move(host), *port};
}

bool is_web_url(std::string_view url, std::string_view without) {
  const std::size_t scheme = url.starts_with("http://") ? 7 : url.starts_with("https://") ? 8 : 0;
  const std::string_view authority = url.substr(scheme, url.find_first_of("/?#", scheme) - scheme);
  return scheme != 0 && !authority.empty() && authority.find('@') == std::string_view::npos &&
         url.find_first_of(without) == std::string_view::npos;
}

}  // namespace gatehouse::config
