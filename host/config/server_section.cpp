// server, admin and plugins: where the gateway listens and what it may take.
#include <algorithm>

#include "config/sections.h"

namespace gatehouse::config {
namespace {

using std::chrono::milliseconds;

constexpr std::uint64_t kLargestBody = 1ull << 30;
constexpr std::uint64_t kFewestBodies = 1u << 20;
constexpr std::uint64_t kMostBodies = 1ull << 40;
constexpr std::int64_t kMostInFlight = 100'000;  // each has a connection and the stack of a fiber
constexpr milliseconds kShortestPreflight{100};
constexpr milliseconds kLongestPreflight{3'600'000};
constexpr milliseconds kLongestProbation{24 * 3'600'000};
constexpr std::int64_t kMostExchanges = 1'000'000;
constexpr std::int64_t kMostSlowdown = 1'000;
constexpr milliseconds kShortestKept{24 * 3'600'000};
constexpr milliseconds kLongestKept = std::chrono::days(36'500);
constexpr std::int64_t kMostUnknownClients = 1'000'000;
constexpr milliseconds kLongestDrain{24 * 3'600'000};
constexpr milliseconds kLongestHeartbeat{3'600'000};

void read_listen(const Section& section, Address& listen) {
  const Node* node = section.find("listen");
  if (node == nullptr) return;
  const auto text = node->text();
  if (!text) return;
  if (auto address = parse_address(*text)) {
    listen = *std::move(address);
  } else {
    node->fail("must be ADDRESS:PORT such as 127.0.0.1:8080 or [::1]:8080, not " + node->shown());
  }
}

void read_token(const Node& node, Secret& token) {
  if (auto value = node.secret()) token = Secret(*std::move(value));
}

void read_tokens(const Node& node, AdminSettings& admin) {
  const auto section = node.section({"admin", "viewer"});
  if (!section) return;
  if (const Node* n = section->required("admin")) read_token(*n, admin.token);
  const Node* viewer = section->find("viewer");
  if (viewer == nullptr) return;
  read_token(*viewer, admin.viewer_token);
  if (!admin.viewer_token.empty() && admin.viewer_token == admin.token) viewer->fail("must differ from the admin's");
}

void read_probation(const Node& node, ProbationSettings& probation) {
  const auto section = node.section({"window", "min_exchanges", "max_errors", "max_slowdown"});
  if (!section) return;
  if (const Node* n = section->find("window")) {
    assign(probation.window, n->duration(milliseconds(0), kLongestProbation));
  }
  if (const Node* n = section->find("min_exchanges")) assign(probation.min_exchanges, n->integer(1, kMostExchanges));
  if (const Node* n = section->find("max_errors")) assign(probation.max_errors, n->number(0, 1));
  if (const Node* n = section->find("max_slowdown")) assign(probation.max_slowdown, n->integer(1, kMostSlowdown));
}

// An eighth of max_bodies is for small bodies, so that the largest has to fit into the rest.
void read_bodies(const Section& section, ServerSettings& server) {
  const Node* node = section.find("max_bodies");
  if (node == nullptr) {
    server.max_bodies = std::max(server.max_bodies, server.max_body + server.max_body / 4);
    return;
  }
  assign(server.max_bodies, node->size(kFewestBodies, kMostBodies));
  if (server.max_body > server.max_bodies - server.max_bodies / 8)
    node->fail("must be at least a quarter more than max_body, or no body of that size is ever taken");
}

}  // namespace

void read_server(const Node& node, ServerSettings& server) {
  const auto section = node.section({"listen", "max_body", "max_bodies", "max_in_flight", "max_connections_per_address",
                                     "drain_timeout", "shutdown_delay", "heartbeat", "hosts", "cors",
                                     "trusted_proxies", "max_unknown_clients", "attempts_header"});
  if (!section) return;
  read_listen(*section, server.listen);
  if (const Node* n = section->find("max_body")) assign(server.max_body, n->size(1, kLargestBody));
  read_bodies(*section, server);
  if (const Node* n = section->find("max_in_flight")) assign(server.max_in_flight, n->integer(1, kMostInFlight));
  if (const Node* n = section->find("max_connections_per_address")) {
    assign(server.max_connections_per_address, n->integer(1, kMostInFlight));
  }
  if (const Node* n = section->find("drain_timeout")) {
    assign(server.drain_timeout, n->duration(milliseconds(0), kLongestDrain));
  }
  if (const Node* n = section->find("shutdown_delay")) {
    assign(server.shutdown_delay, n->duration(milliseconds(0), kLongestDrain));
  }
  if (const Node* n = section->find("heartbeat")) {
    assign(server.heartbeat, n->duration(milliseconds(0), kLongestHeartbeat));
  }
  if (const Node* n = section->find("hosts")) read_hosts(*n, server.hosts);
  if (const Node* n = section->find("cors")) read_cors(*n, server.cors_origins);
  if (const Node* n = section->find("max_unknown_clients")) {
    assign(server.max_unknown_clients, n->integer(1, kMostUnknownClients));
  }
  if (const Node* n = section->find("trusted_proxies")) read_proxies(*n, server.trusted_proxies);
  if (const Node* n = section->find("attempts_header")) assign(server.attempts_header, n->choice({"false", "true"}));
}

void read_admin(const Node& node, AdminSettings& admin) {
  const auto section = node.section({"listen", "token", "tokens"});
  if (!section) return;
  read_listen(*section, admin.listen);
  const Node* token = section->find("token");
  const Node* tokens = section->find("tokens");
  if (token != nullptr) read_token(*token, admin.token);
  if (tokens != nullptr) read_tokens(*tokens, admin);
  if (token != nullptr && tokens != nullptr) tokens->fail("has the admin token too: leave out admin.token");
  if (token == nullptr && tokens == nullptr && !admin.listen.loopback()) {
    const Node* listen = section->find("listen");
    listen->fail("is reachable from other machines, which needs admin.token: set it, or listen on 127.0.0.1");
  }
}

void read_keep(const Node& node, Settings& settings) {
  const auto section = node.section({"usage"});
  if (!section) return;
  if (const Node* n = section->find("usage")) assign(settings.keep_usage, n->duration(kShortestKept, kLongestKept));
}

void read_plugins(const Node& node, Settings& settings) {
  const auto section = node.section({"path", "allow_writable", "preflight_timeout", "probation"});
  if (!section) return;
  if (const Node* n = section->find("allow_writable")) assign(settings.allow_writable, n->choice({"false", "true"}));
  if (const Node* n = section->find("preflight_timeout")) {
    assign(settings.preflight_timeout, n->duration(kShortestPreflight, kLongestPreflight));
  }
  if (const Node* n = section->find("probation")) read_probation(*n, settings.probation);
  const Node* path = section->required("path");
  if (path == nullptr) return;
  for (const Node& item : path->items()) {
    if (auto folder = item.text()) settings.plugin_path.push_back(*std::move(folder));
  }
}

}  // namespace gatehouse::config
