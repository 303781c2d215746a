// server.hosts, server.cors and server.trusted_proxies: the names that the gateway is called by, the web pages that may
// use it, and the proxies that are believed.
#include <Poco/Exception.h>
#include <Poco/URI.h>

#include <algorithm>

#include "config/sections.h"

namespace gatehouse::config {
namespace {

bool is_host(const std::string& text) {
  return std::all_of(text.begin(), text.end(), [](unsigned char c) {
    return std::isalnum(c) != 0 || c == '.' || c == '-' || c == '_' || c == ':' || c == '[' || c == ']';
  });
}

// As browsers write it: in lower case, a default port left out, nothing behind the port.
bool is_origin(const std::string& text) try {
  const Poco::URI uri(text);
  const bool web = uri.getScheme() == "http" || uri.getScheme() == "https";
  return web && !uri.getHost().empty() && text == uri.getScheme() + "://" + uri.getAuthority();
} catch (const Poco::Exception&) {
  return false;
}

}  // namespace

void read_hosts(const Node& node, std::vector<std::string>& hosts) {
  for (const Node& item : node.items()) {
    const auto host = item.text();
    if (!host) continue;
    if (is_host(*host))
      hosts.push_back(*host);
    else
      item.fail("must be a name such as gateway.example, with or without a port, not " + item.shown());
  }
}

void read_cors(const Node& node, std::vector<std::string>& origins) {
  const auto section = node.section({"origins"});
  const Node* list = section ? section->find("origins") : nullptr;
  if (list == nullptr) return;
  for (const Node& item : list->items()) {
    const auto origin = item.text();
    if (!origin) continue;
    if (is_origin(*origin))
      origins.push_back(*origin);
    else
      item.fail("must be an origin as browsers write it, such as https://app.example, not " + item.shown());
  }
}

void read_proxies(const Node& node, core::AddressRanges& proxies) {
  for (const Node& item : node.items()) {
    const auto range = item.text();
    if (range && !proxies.add(*range))
      item.fail("must be an address or a range such as 10.0.0.0/8 or fd00::/8, not " + item.shown());
  }
}

}  // namespace gatehouse::config
