// model_access - says which client may use which model, by the model's alias.
//   - plugin: model_access
//     config:
//       disabled: [legacy-chat]                  for nobody
//       allow: [default-chat]                    for clients that have no list of their own; left out: every model
//       deny: [expensive-chat]                   goes before allow
//       clients: { batch: { allow: [default-chat, expensive-chat], deny: [] } }
// A client's allow and deny stand in for the ones above, each by itself.
#include <gatehouse/plugin.hpp>

#include <map>
#include <optional>
#include <set>

namespace {

using Aliases = std::set<std::string, std::less<>>;

std::optional<Aliases> aliases(gatehouse::Config& config, std::string_view key) {
  if (!config.has(key)) return std::nullopt;
  const std::vector<std::string> texts = config.texts(key);
  return Aliases(texts.begin(), texts.end());
}

struct Lists {
  explicit Lists(gatehouse::Config& config) : allow(aliases(config, "allow")), deny(aliases(config, "deny")) {}
  std::optional<Aliases> allow, deny;
};

class ModelAccess {
 public:
  explicit ModelAccess(gatehouse::Config& config)
      : disabled_(aliases(config, "disabled").value_or(Aliases())), default_(config) {
    config.each("clients",
                [this](const std::string& name, gatehouse::Config& client) { clients_.emplace(name, Lists(client)); });
  }

  gatehouse::Verdict on_request(gatehouse::ChatRequest request) const {
    const std::string model(request.alias());
    if (disabled_.contains(model)) return gatehouse::deny("model_disabled", "The model '" + model + "' is disabled");
    if (may_use(request.client(), model)) return gatehouse::allow();
    const std::string client(request.client());
    return gatehouse::deny("model_not_allowed",
                           (client.empty() ? "A caller without client_id" : "The client '" + client + "'") +
                               " may not use the model '" + model + "'");
  }

 private:
  bool may_use(std::string_view client, const std::string& model) const {
    const auto own = clients_.find(client);
    const Lists& lists = own == clients_.end() ? default_ : own->second;
    const auto& allow = lists.allow ? lists.allow : default_.allow;
    const auto& deny = lists.deny ? lists.deny : default_.deny;
    if (deny && deny->count(model) != 0) return false;
    return !allow || allow->count(model) != 0;
  }

  Aliases disabled_;
  Lists default_;
  std::map<std::string, Lists, std::less<>> clients_;
};

}  // namespace

GH_EXPORT_POLICY(ModelAccess, "model_access", "1.0.0", "Says which client may use which model")
