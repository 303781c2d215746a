// warnings and shared_limits: whom limits are told of, and with whom they are shared.
#include "config/address.h"
#include "config/sections.h"
#include "core/text/header_name.h"

namespace gatehouse::config {

namespace {

constexpr std::int64_t kMostGateways = 1'000;
constexpr std::chrono::milliseconds kShortestAnswer{1}, kLongestAnswer{10'000};

// One that the call does not set itself, and that is one line of HTTP.
void read_header(const std::string& name, const Node& node, std::vector<std::pair<std::string, Secret>>& headers) {
  if (!core::is_header_name(name) || core::frames_request(name) || core::same_header(name, "content-type")) {
    node.fail("must be named as a header of HTTP that the gateway does not set itself, such as authorization");
    return;
  }
  if (auto value = node.secret()) headers.emplace_back(name, Secret(*std::move(value)));
}

}  // namespace

void read_warnings(const Node& node, WarningSettings& warnings) {
  const auto section = node.section({"webhook", "headers"});
  if (!section) return;
  if (const Node* n = section->required("webhook")) {
    auto url = n->secret();
    if (url && !is_web_url(*url, "# "))
      n->fail("must be http://HOST[:PORT][/PATH] or https://… without user and fragment");
    else if (url)
      warnings.webhook = Secret(*std::move(url));
  }
  if (const Node* n = section->find("headers")) {
    for (const auto& [name, value] : n->members()) read_header(name, value, warnings.headers);
  }
}

void read_shared_limits(const Node& node, std::optional<SharedLimitsSettings>& shared) {
  const auto section = node.section({"redis", "password", "prefix", "timeout", "when_away", "gateways"});
  if (!section) return;
  shared.emplace();
  if (const Node* n = section->required("redis")) {
    const auto text = n->text();
    auto address = text ? parse_server(*text) : std::nullopt;
    if (address)
      shared->redis = *std::move(address);
    else if (text)
      n->fail("must be HOST:PORT such as 127.0.0.1:6379, not " + n->shown());
  }
  if (const Node* n = section->find("password")) {
    if (auto value = n->secret()) shared->password = Secret(*std::move(value));
  }
  if (const Node* n = section->find("prefix")) assign(shared->prefix, n->text());
  if (const Node* n = section->find("timeout")) assign(shared->timeout, n->duration(kShortestAnswer, kLongestAnswer));
  if (const Node* n = section->find("when_away")) {
    assign(shared->when_away, n->choice({"degrade", "open", "closed"}));
  }
  if (const Node* n = section->required("gateways")) assign(shared->gateways, n->integer(1, kMostGateways));
}

}  // namespace gatehouse::config
