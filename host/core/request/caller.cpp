#include "core/request/caller.h"

#include <algorithm>

namespace gatehouse::core {

Result<std::string> agree_on_client(std::string_view header, std::string_view body) {
  if (header.empty() || body.empty() || header == body) return std::string(header.empty() ? body : header);
  Status status(Code::invalid_request,
                "The header x-client-id and the body's client_id name different clients; send one of them");
  status.failure().param = "client_id";
  status.failure().reason = "client_mismatch";
  return status;
}

Result<std::string> client_of(const KeyTerms& terms, std::string_view body) {
  if (body.empty() || body == terms.client) return terms.client;
  Status status(Code::denied, "The body's client_id is not the client this key belongs to; leave it out");
  status.failure().param = "client_id";
  status.failure().reason = "client_mismatch";
  return status;
}

Subject subject_of(const Caller& caller, std::string_view alias, std::vector<Tag>& tags) {
  for (const auto& [name, value] : caller.tags) tags.push_back({name, value});
  return {.client = caller.client_id,
          .key = caller.key_id,
          .model = alias,
          .own = caller.terms ? &caller.terms->limits : nullptr,
          .vouched = caller.terms != nullptr,
          .team = caller.terms ? std::string_view(caller.terms->team) : std::string_view(),
          .tags = tags};
}

Status Caller::may_use(std::string_view model) const {
  if (terms == nullptr || terms->models.empty()) return {};
  if (std::find(terms->models.begin(), terms->models.end(), model) != terms->models.end()) return {};
  Status status(Code::denied, "The key " + terms->id + " may not use the model '" + std::string(model) + "'");
  status.failure().param = "model";
  status.failure().reason = "model_not_allowed";
  return status;
}

}  // namespace gatehouse::core
