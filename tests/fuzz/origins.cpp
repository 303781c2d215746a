// The fields of a request's head, as a page or a stranger may write them: who is admitted called the gateway by a name
// of its own, and comes from its own page, a listed one, a followed link, or no page at all.
#include <cstdint>
#include <cstdlib>
#include <regex>
#include <string>

#include "handlers/routing/web_origins.h"
#include "made_request.h"

namespace {

using gatehouse::handlers::WebOrigins;
using gatehouse::net::Request;

constexpr const char* kListed = "https://app.example";

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 'a' - 'A');
  return out;
}

// A number is no name that a page could have: it may be any spelling of an address ("127.1", "0x7f000001").
bool is_ours(std::string_view host) {
  static const std::regex name(R"((localhost|gateway\.example|\[[0-9a-f:.]+\])\.?(:\d*)?)");
  static const std::regex number(R"(([0-9a-fx]+\.)*(0x[0-9a-f]*|\d+)\.?(:\d*)?)");
  const std::string text = lower(host);
  return host.empty() || std::regex_match(text, name) || std::regex_match(text, number);
}

bool may_come(const Request& request) {
  const std::string_view origin = request.header("origin"), site = request.header("sec-fetch-site");
  if (origin == kListed) return true;
  const bool link = request.header("sec-fetch-mode") == "navigate" && request.method() == "GET";
  if (site == "cross-site" || site == "same-site") return origin.empty() && link;
  if (origin.empty()) return true;
  const std::size_t scheme = origin.find("://");
  if (scheme == origin.npos) return false;
  // The same host; a port may be left out on one side where it is the scheme's own.
  const auto name = [](std::string_view authority) { return gatehouse::handlers::host_name(authority); };
  return name(origin.substr(scheme + 3)) == name(request.header("host"));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const WebOrigins origins("127.0.0.1", {"gateway.example"}, {kListed});
  gatehouse::fuzz::MadeRequest made(std::string(reinterpret_cast<const char*>(data), size), "127.0.0.1");
  if (made.get() == nullptr) return 0;
  const Request& request = *made.get();
  if (origins.admit(request).ok() && !(is_ours(request.header("host")) && may_come(request))) std::abort();
  (void)origins.is_preflight(request);
  origins.expose(request, made.response());
  return 0;
}
