// The fields of a request's head, as a page or a stranger may write them: who is admitted called the gateway by a name
// of its own, and comes from its own page, a listed one, a followed link, or no page at all.
#include <cstdint>
#include <cstdlib>
#include <regex>
#include <string>

#include "handlers/routing/web_origins.h"
#include "net/front/server_state.h"

namespace {

using gatehouse::handlers::WebOrigins;
using gatehouse::net::Request;

constexpr const char* kListed = "https://app.example";

class Nobody final : public Poco::Net::HTTPRequestHandlerFactory {
  Poco::Net::HTTPRequestHandler* createRequestHandler(const Poco::Net::HTTPServerRequest&) override { return nullptr; }
};

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 'a' - 'A');
  return out;
}

bool is_ours(std::string_view host) {
  static const std::regex ours(R"((localhost|gateway\.example|127(\.\d{1,3}){3}|\[[0-9a-f:.]+\])\.?(:\d*)?)");
  const std::string name = lower(host);
  return host.empty() || std::regex_match(name, ours);
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
  static Nobody nobody;
  static const gatehouse::net::ServerState state({}, nobody);
  static const WebOrigins origins("127.0.0.1", {"gateway.example"}, {kListed});
  static const Poco::Net::StreamSocket socket;
  const std::string fields(reinterpret_cast<const char*>(data), size);
  gatehouse::net::RequestReader reader(state.options.request);
  reader.feed("GET /v1/models HTTP/1.1\r\n" + fields + "\r\n\r\n");
  if (reader.state() != gatehouse::net::RequestReader::State::complete) return 0;
  gatehouse::net::Wire wire(-1, std::chrono::milliseconds(0));
  gatehouse::net::Response response(wire, {11, false, true, state.draining});
  const Request request(reader, socket, "127.0.0.1", state, response);
  if (origins.admit(request).ok() && !(is_ours(request.header("host")) && may_come(request))) std::abort();
  (void)origins.is_preflight(request);
  origins.expose(request, response);
  return 0;
}
