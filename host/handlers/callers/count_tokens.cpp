#include "core/text/json_writer.h"
#include "dialects/anthropic/anthropic_json.h"
#include "dialects/anthropic/anthropic_request.h"
#include "handlers/callers/caller_identity.h"
#include "handlers/callers/endpoints.h"
#include "handlers/routing/answer.h"
#include "limits/estimate.h"

namespace gatehouse::handlers {

namespace {

// As a request would be reserved.
std::uint64_t input_tokens(const CallerServices& services, const core::ChatRequest& question) {
  limits::Estimate estimate = limits::estimate(question);
  const auto generation = services.registry.current();
  const auto route = generation->routes().find(question.model());
  if (route != generation->routes().end())
    limits::correct(estimate, question, services.encodings.find(route->second.encoding), services.ledger.ratios());
  return estimate.input;
}

}  // namespace

void count_tokens(const CallerServices& services, net::Request& request, net::Response& response,
                  const std::string& id) {
  response.add_field("request-id", id);
  std::string body;
  const auto refuse = [&](const core::Status& status) {
    dialects::append_anthropic_error(status, id, body);
    send_json(response, status.http_status(), id, body);
  };
  const core::Result<core::Caller> caller = authenticate(request, services.auth, services.keys);
  if (!caller.ok()) return refuse(caller.status());
  const core::Result<core::ChatRequest> question =
      dialects::read_anthropic_request(request.take_body(), dialects::MaxTokens::optional);
  if (!question.ok()) return refuse(question.status());
  core::JsonObject json(body);
  json.add("input_tokens", input_tokens(services, *question)).close();
  send_json(response, 200, id, body);
}

}  // namespace gatehouse::handlers
