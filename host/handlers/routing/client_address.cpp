#include "handlers/routing/client_address.h"

#include <strings.h>

#include <algorithm>
#include <ranges>
#include <vector>

namespace gatehouse::handlers {

namespace {

constexpr std::size_t kMostProxies = 32;  // on one request's way; what lies behind is not looked at

std::string_view trimmed(std::string_view text) {
  const auto blank = [](char c) { return c == ' ' || c == '\t'; };
  while (!text.empty() && blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && blank(text.back())) text.remove_suffix(1);
  return text;
}

// "192.0.2.1", "192.0.2.1:80", "2001:db8::1", "[2001:db8::1]:80"; empty: it is no address.
std::string address_in(std::string_view text) {
  if (text.starts_with('[')) {
    const std::size_t end = text.find(']');
    if (end == text.npos) return {};
    text = text.substr(1, end - 1);
  } else if (std::count(text.begin(), text.end(), ':') == 1) {
    text = text.substr(0, text.find(':'));
  }
  return core::canonical_address(text);
}

// The "for" of an element of Forwarded.
std::string_view for_in(std::string_view element) {
  while (!element.empty()) {
    const std::size_t semicolon = element.find(';');
    const std::string_view pair = trimmed(element.substr(0, semicolon));
    element.remove_prefix(semicolon == element.npos ? element.size() : semicolon + 1);
    if (pair.size() < 4 || strncasecmp(pair.data(), "for=", 4) != 0) continue;
    std::string_view value = pair.substr(4);
    if (value.size() >= 2 && value.front() == '"' && value.back() == '"') value = value.substr(1, value.size() - 2);
    return value;
  }
  return {};
}

// The elements of all fields of this name, the last one first. Neither field has a comma within an element that
// could stand for an address.
std::vector<std::string_view> from_the_right(const net::Request& request, std::string_view name) {
  std::vector<std::string_view> elements;
  for (const net::Field& field : request.headers() | std::views::reverse) {
    if (field.name.size() != name.size() || strncasecmp(field.name.data(), name.data(), name.size()) != 0) continue;
    for (std::string_view rest = field.value; elements.size() < kMostProxies;) {
      const std::size_t comma = rest.rfind(',');
      elements.push_back(trimmed(comma == rest.npos ? rest : rest.substr(comma + 1)));
      if (comma == rest.npos) break;
      rest = rest.substr(0, comma);
    }
  }
  return elements;
}

}  // namespace

std::string client_address(const net::Request& request, const core::AddressRanges& trusted_proxies) {
  std::string peer(request.client_host());
  if (!trusted_proxies.contains(peer)) return peer;
  const auto follow = [&](std::string_view field, auto read) {
    std::string certain = peer;
    for (const std::string_view element : from_the_right(request, field)) {
      std::string address = address_in(read(element));
      if (address.empty()) break;
      certain = std::move(address);
      if (!trusted_proxies.contains(certain)) break;
    }
    return certain;
  };
  const std::string old_way = follow("x-forwarded-for", [](std::string_view element) { return element; });
  if (request.header("forwarded").empty()) return old_way;
  const std::string new_way = follow("forwarded", for_in);
  if (request.header("x-forwarded-for").empty() || new_way == old_way) return new_way;
  return peer;
}

}  // namespace gatehouse::handlers
