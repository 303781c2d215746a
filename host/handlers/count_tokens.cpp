#include "handlers/count_tokens.h"

#include "core/identifier.h"
#include "core/json_writer.h"
#include "dialects/anthropic_json.h"
#include "dialects/anthropic_request.h"
#include "handlers/caller_identity.h"
#include "limits/estimate.h"

namespace gatehouse::handlers {

void CountTokens::handle(net::Request& request, net::Response& response) {
  const std::string id = request_id(request, core::new_exchange_id());
  response.add_field("request-id", id);
  std::string body;
  const auto refuse = [&](const core::Status& status) {
    dialects::append_anthropic_error(status, id, body);
    send_json(response, status.http_status(), id, body);
  };
  const core::Result<core::Caller> caller = authenticate(request, services_);
  if (!caller.ok()) return refuse(caller.status());
  const core::Result<core::ChatRequest> question =
      dialects::read_anthropic_request(request.take_body(), dialects::MaxTokens::optional);
  if (!question.ok()) return refuse(question.status());
  core::JsonObject json(body);
  json.add("input_tokens", input_tokens(*question)).close();
  send_json(response, 200, id, body);
}

// As a request would be reserved.
std::uint64_t CountTokens::input_tokens(const core::ChatRequest& question) const {
  limits::Estimate estimate = limits::estimate(question);
  const auto generation = services_.registry.current();
  const auto route = generation->routes().find(question.model());
  if (route != generation->routes().end())
    limits::correct(estimate, question, services_.encodings.find(route->second.encoding), services_.ledger.ratios());
  return estimate.input;
}

}  // namespace gatehouse::handlers
