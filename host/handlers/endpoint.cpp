#include "handlers/endpoint.h"

#include "core/identifier.h"
#include "dialects/gateway_chat.h"
#include "handlers/limit_headers.h"

namespace gatehouse::handlers {

void Endpoint::handleRequest(Poco::Net::HTTPServerRequest& request, Poco::Net::HTTPServerResponse& response) {
  handle(static_cast<net::Request&>(request), static_cast<net::Response&>(response));
}

std::string request_id(const net::Request& request, std::string_view otherwise) {
  const std::string_view theirs = request.header("x-request-id");
  return std::string(core::is_valid_request_id(theirs) ? theirs : otherwise);
}

void send_json(net::Response& response, int status, std::string_view id, std::string_view json) {
  response.set_status(status);
  response.add_field("content-type", "application/json");
  response.add_field("x-request-id", id);
  (void)response.send_body(json);  // a client that left is noticed by the connection
}

void send_error(net::Response& response, const core::Status& status, std::string_view id) {
  std::string body;
  dialects::append_gateway_error(status, body);
  set_retry_headers(response, status.failure());
  send_json(response, status.http_status(), id, body);
}

}  // namespace gatehouse::handlers
