#include "core/text/json_writer.h"
#include "dialects/anthropic/anthropic_json.h"
#include "dialects/anthropic/anthropic_request.h"
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

void refuse_count_tokens(const net::Request&, net::Response& response, const std::string& id, const core::Status& why) {
  std::string body;
  dialects::append_anthropic_error(why, id, body);
  response.add_field("request-id", id);
  send_json(response, why.http_status(), id, body);
}

void count_tokens(const CallerServices& services, net::Request& request, net::Response& response, Visitor& visitor) {
  const core::Result<core::ChatRequest> question =
      dialects::read_anthropic_request(request.take_body(), dialects::MaxTokens::optional);
  if (!question.ok()) return refuse_count_tokens(request, response, visitor.id, question.status());
  std::string body;
  core::JsonObject json(body);
  json.add("input_tokens", input_tokens(services, *question)).close();
  response.add_field("request-id", visitor.id);
  send_json(response, 200, visitor.id, body);
}

}  // namespace gatehouse::handlers
