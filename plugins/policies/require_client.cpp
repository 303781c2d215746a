// require_client - refuses exchanges whose client is not known.
//   - { plugin: require_client }
//   - { plugin: require_client, config: { clients: [web, batch] } }      and all others too
#include <gatehouse/plugin.hpp>

#include <algorithm>

namespace {

class RequireClient {
 public:
  explicit RequireClient(gatehouse::Config& config) : clients_(config.texts("clients")) {
    if (config.has("clients") && clients_.empty()) {
      throw gatehouse::Error(GH_ECONFIG, "config.clients names nobody; leave it out to let every named client in");
    }
  }

  gatehouse::Verdict on_request(gatehouse::ChatRequest request) const {
    const std::string_view client = request.client();
    if (client.empty()) {
      return gatehouse::deny("client_required", "A client_id is required: send it in the body or as x-client-id");
    }
    if (clients_.empty() || std::find(clients_.begin(), clients_.end(), client) != clients_.end()) {
      return gatehouse::allow();
    }
    return gatehouse::deny("client_not_allowed", "The client '" + std::string(client) + "' may not use this gateway");
  }

 private:
  std::vector<std::string> clients_;  // empty: every one that has a name
};

}  // namespace

GH_EXPORT_POLICY(RequireClient, "require_client", "1.0.0", "Refuses exchanges whose client is not known")
