#include "handlers/count_tokens.h"

#include "core/identifier.h"
#include "core/json_writer.h"
#include "dialects/anthropic_json.h"
#include "dialects/anthropic_request.h"
#include "limits/estimate.h"

namespace gatehouse::handlers {

void CountTokens::handle(net::Request& request, net::Response& response) {
  const std::string id = request_id(request, core::new_exchange_id());
  response.add_field("request-id", id);
  std::string body;
  const core::Result<core::ChatRequest> question =
      dialects::read_anthropic_request(request.take_body(), dialects::MaxTokens::optional);
  if (!question.ok()) {
    dialects::append_anthropic_error(question.status(), id, body);
    return send_json(response, question.status().http_status(), id, body);
  }
  core::JsonObject json(body);
  json.add("input_tokens", limits::estimate(*question).input).close();
  send_json(response, 200, id, body);
}

}  // namespace gatehouse::handlers
