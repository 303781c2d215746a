#include "net/http/url.h"

#include <Poco/Net/IPAddress.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "core/text/hex.h"

namespace gatehouse::net {
namespace {

constexpr bool is_alnum(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

// What may stand in a path or query as it is.
constexpr auto kTargetBytes = [] {
  std::array<bool, 256> plain{};
  for (const char c : std::string_view("-._~:/?@!$&'()*+,;=[]")) plain[static_cast<unsigned char>(c)] = true;
  for (unsigned c = 0; c < 128; ++c) plain[c] |= is_alnum(static_cast<char>(c));
  return plain;
}();

core::Status refuse(std::string_view why) {
  return core::Status(core::Code::config, "The provider's URL is not usable: it " + std::string(why) +
                                              ". It must look like https://host:port/path.");
}

// Case-insensitive; `prefix` is in lower case.
bool starts_with(std::string_view text, std::string_view prefix) {
  return text.size() >= prefix.size() && std::equal(prefix.begin(), prefix.end(), text.begin(), [](char a, char b) {
           return a == (b >= 'A' && b <= 'Z' ? static_cast<char>(b | 0x20) : b);
         });
}

bool is_host_name(std::string_view host) {
  const bool plain =
      std::all_of(host.begin(), host.end(), [](char c) { return is_alnum(c) || c == '-' || c == '.' || c == '_'; });
  return plain && !host.empty() && host.size() <= 253 && host.front() != '.' && host.find("..") == host.npos;
}

bool is_ipv6(std::string_view host) {
  Poco::Net::IPAddress address;
  return host.find('%') == host.npos && Poco::Net::IPAddress::tryParse(std::string(host), address) &&
         address.family() == Poco::Net::IPAddress::IPv6;
}

core::Status check_target(std::string_view target) {
  for (std::size_t i = 0; i < target.size(); ++i) {
    const char c = target[i];
    if (kTargetBytes[static_cast<unsigned char>(c)]) continue;
    if (c == '#') return refuse("has a fragment (#...), which is never sent to a server");
    if (c == '%') {
      if (i + 2 >= target.size() || !core::is_hex(target[i + 1]) || !core::is_hex(target[i + 2])) {
        return refuse("has a % that is not followed by two hex digits");
      }
    } else {
      return refuse("has a blank, control or other character in its path or query that must be percent-encoded");
    }
  }
  return {};
}

core::Status read_port(std::string_view digits, std::uint16_t& port) {
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
  if (error != std::errc() || end != digits.data() + digits.size() || port == 0) {
    return refuse("has a port that is not a number from 1 to 65535");
  }
  return {};
}

// Splits "host", "host:port" or "[v6]:port"; a port that is not there stays as it was.
core::Status read_authority(std::string_view authority, Url& url) {
  std::string_view rest;
  if (!authority.empty() && authority.front() == '[') {
    const std::size_t close = authority.find(']');
    if (close == authority.npos || !is_ipv6(authority.substr(1, close - 1))) {
      return refuse("has brackets that do not hold an IPv6 address");
    }
    url.host = authority.substr(1, close - 1);
    rest = authority.substr(close + 1);
  } else {
    url.host = authority.substr(0, authority.find(':'));
    rest = authority.substr(url.host.size());
    if (url.host.empty()) return refuse("names no host");
    if (!is_host_name(url.host)) return refuse("has a host name with characters that no host name has");
  }
  if (rest.empty()) return {};
  if (rest.front() != ':') return refuse("has something other than a port behind its host");
  return read_port(rest.substr(1), url.port);
}

}  // namespace

core::Result<Url> parse_url(std::string_view text) {
  Url url;
  url.tls = starts_with(text, "https://");
  if (!url.tls && !starts_with(text, "http://")) return refuse("does not begin with http:// or https://");
  url.port = url.tls ? 443 : 80;
  const std::size_t begin = url.tls ? 8 : 7;
  const auto ends = [](char c) { return c == '/' || c == '?' || c == '#' || c == '\\'; };
  const auto end = static_cast<std::size_t>(
      std::find_if(text.begin() + static_cast<std::ptrdiff_t>(begin), text.end(), ends) - text.begin());
  url.origin = text.substr(0, end);
  url.authority = text.substr(begin, end - begin);
  if (url.authority.find('@') != url.authority.npos) {
    return refuse("carries a user name or password; give the key as api_key instead");
  }
  GH_TRY(read_authority(url.authority, url));
  url.target = end < text.size() ? text.substr(end) : std::string_view("/");
  if (url.target.front() != '/') return refuse("lacks a / between its host and what follows");
  GH_TRY(check_target(url.target));
  return url;
}

}  // namespace gatehouse::net
