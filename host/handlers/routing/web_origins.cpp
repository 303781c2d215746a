#include "handlers/routing/web_origins.h"

#include <Poco/Net/IPAddress.h>
#include <strings.h>

#include <algorithm>
#include <cctype>
#include <cstring>
#include <utility>

namespace gatehouse::handlers {

namespace {

using core::Code;
using core::Status;

// What pages may send and read, beside what browsers allow them anyway. A name that ends in '-' allows all that begin
// like it: those are the SDKs' own.
constexpr std::string_view kRequestFields[] = {
    "authorization", "content-type", "accept",     "x-client-id", "x-api-key",  "api-key",      "x-goog-api-key",
    "x-request-id",  "traceparent",  "tracestate", "baggage",     "idempotency-key", "anthropic-",
    "x-goog-api-",   "x-stainless-", "openai-"};
constexpr std::string_view kAnswerFields =
    "x-request-id, request-id, retry-after, retry-after-ms, x-should-retry, ratelimit, ratelimit-policy, "
    "x-ratelimit-limit-requests, x-ratelimit-remaining-requests, x-ratelimit-reset-requests, "
    "x-ratelimit-limit-tokens, x-ratelimit-remaining-tokens, x-ratelimit-reset-tokens, "
    "anthropic-ratelimit-requests-limit, anthropic-ratelimit-requests-remaining, anthropic-ratelimit-requests-reset, "
    "anthropic-ratelimit-tokens-limit, anthropic-ratelimit-tokens-remaining, anthropic-ratelimit-tokens-reset, "
    "x-gatehouse-attempts";
constexpr std::string_view kPreflightAge = "600";  // seconds a browser may remember the answer

Status denied(std::string message, const char* reason) {
  Status status(Code::denied, std::move(message));
  status.failure().reason = reason;
  return status;
}

std::string lower(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return out;
}

// "host:port" of an origin or a Host, with the scheme's port where none is written.
std::string with_port(std::string_view authority, std::string_view default_port) {
  const std::size_t colon = authority.rfind(':');
  const bool has_port = colon != authority.npos && authority.find(']', colon) == authority.npos;
  const std::string_view port = has_port ? authority.substr(colon + 1) : default_port;
  return host_name(authority) + ':' + std::string(port.empty() ? default_port : port);
}

// Whether a page with this origin came from where the request goes to.
bool is_same(std::string_view origin, std::string_view host) {
  for (const auto& [scheme, port] : {std::pair("http://", "80"), std::pair("https://", "443")})
    if (origin.starts_with(scheme)) return with_port(origin.substr(std::strlen(scheme)), port) == with_port(host, port);
  return false;
}

bool is_loopback(const std::string& name) {
  Poco::Net::IPAddress address;
  return name == "localhost" || (Poco::Net::IPAddress::tryParse(name, address) && address.isLoopback());
}

// A page that is shown because somebody followed a link to it, not put into another page.
bool is_followed_link(const net::Request& request) {
  const std::string_view shown_in = request.header("sec-fetch-dest");
  return (request.method() == "GET" || request.method() == "HEAD") && request.header("sec-fetch-mode") == "navigate" &&
         (shown_in.empty() || shown_in == "document");
}

bool from_browser(const net::Request& request) {
  return !request.header("origin").empty() || !request.header("sec-fetch-site").empty();
}

bool begins(std::string_view text, std::string_view lower_case) {
  return text.size() >= lower_case.size() && strncasecmp(text.data(), lower_case.data(), lower_case.size()) == 0;
}

// A page can send these kinds anywhere without asking first. curl's -d sends a form, and no kind at all is somebody
// else's too: of these a browser's mark decides.
Status check_kind(const net::Request& request) {
  if (request.method() != "POST" || !request.has_body()) return {};
  const std::string_view kind = request.header("content-type");
  const bool blind = begins(kind, "text/plain") || begins(kind, "multipart/form-data");
  const bool marked = kind.empty() || begins(kind, "application/x-www-form-urlencoded");
  if (!blind && !(marked && from_browser(request))) return {};
  Status status(Code::invalid_request, "The body must be JSON: send it with 'content-type: application/json'");
  status.failure().http_status = 415;
  return status;
}

bool may_send(std::string_view field) {
  return std::any_of(std::begin(kRequestFields), std::end(kRequestFields), [&](std::string_view known) {
    return known.ends_with('-') ? field.starts_with(known) : field == known;
  });
}

// Of the fields that a page wants to send, those it may.
std::string allowed_fields(std::string_view wanted) {
  std::string allowed;
  while (!wanted.empty()) {
    const std::size_t comma = wanted.find(',');
    std::string field = lower(wanted.substr(0, comma));
    wanted.remove_prefix(comma == wanted.npos ? wanted.size() : comma + 1);
    std::erase(field, ' ');
    if (may_send(field)) allowed += (allowed.empty() ? "" : ", ") + field;
  }
  return allowed;
}

}  // namespace

std::string host_name(std::string_view authority) {
  if (authority.starts_with('[')) return lower(authority.substr(1, authority.find(']') - 1));
  std::string name = lower(authority.substr(0, authority.rfind(':')));
  if (name.size() > 1 && name.back() == '.') name.pop_back();
  return name;
}

WebOrigins::WebOrigins(std::string_view listen, std::vector<std::string> hosts, std::vector<std::string> origins)
    : listen_(lower(listen)), hosts_(std::move(hosts)), origins_(std::move(origins)) {
  Poco::Net::IPAddress address;
  any_address_ = Poco::Net::IPAddress::tryParse(listen_, address) && address.isWildcard();
  loopback_ = any_address_ || is_loopback(listen_);
}

Status WebOrigins::admit(const net::Request& request) const {
  const std::string_view host = request.header("host");
  if (!host.empty() && !is_our_host(host)) {
    return denied("This gateway is not called by the name in the Host field; its operator can list it in server.hosts",
                  "unknown_host");
  }
  const std::string_view origin = request.header("origin");
  const std::string_view site = request.header("sec-fetch-site");
  const bool foreign = (!origin.empty() && !is_same(origin, host)) || site == "cross-site" || site == "same-site";
  if (foreign && !is_listed(origin) && !(origin.empty() && is_followed_link(request))) {
    return denied("A web page of another site may not use this gateway; its operator can list the page's origin in "
                  "server.cors.origins",
                  "cross_site");
  }
  return check_kind(request);
}

// A name that only begins like one of ours is another name. An address needs no list where all are listened on:
// for a page to pass as its own, the page's name would have to lead here, and an address is no name.
bool WebOrigins::is_our_host(std::string_view host) const {
  const std::string name = host_name(host);
  if (name == listen_ || (loopback_ && is_loopback(name))) return true;
  Poco::Net::IPAddress address;
  if (any_address_ && Poco::Net::IPAddress::tryParse(name, address)) return true;
  return std::any_of(hosts_.begin(), hosts_.end(), [&](const std::string& known) {
    return host_name(known) == name || strcasecmp(known.c_str(), std::string(host).c_str()) == 0;
  });
}

bool WebOrigins::is_listed(std::string_view origin) const {
  return std::find(origins_.begin(), origins_.end(), origin) != origins_.end();
}

void WebOrigins::expose(const net::Request& request, net::Response& response) const {
  if (origins_.empty()) return;
  response.add_field("vary", "origin");
  const std::string_view origin = request.header("origin");
  if (!is_listed(origin)) return;
  response.add_field("access-control-allow-origin", origin);
  response.add_field("access-control-expose-headers", kAnswerFields);
}

bool WebOrigins::is_preflight(const net::Request& request) const {
  return request.method() == "OPTIONS" && is_listed(request.header("origin")) &&
         !request.header("access-control-request-method").empty();
}

void WebOrigins::answer_preflight(const net::Request& request, net::Response& response,
                                  std::string_view methods) const {
  response.set_status(204);
  response.add_field("access-control-allow-methods", methods);
  const std::string fields = allowed_fields(request.header("access-control-request-headers"));
  if (!fields.empty()) response.add_field("access-control-allow-headers", fields);
  if (request.header("access-control-request-private-network") == "true")
    response.add_field("access-control-allow-private-network", "true");
  response.add_field("access-control-max-age", kPreflightAge);
  (void)response.send_body("");  // a client that left is noticed by the connection
}

}  // namespace gatehouse::handlers
