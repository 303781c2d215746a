// What every endpoint shares: it is a Poco request handler that gets the host's own request and
// response. One object per request, as Poco's factories make them.
#pragma once

#include <Poco/Net/HTTPRequestHandler.h>

#include <string>
#include <string_view>

#include "core/status.h"
#include "net/request.h"
#include "net/response.h"

namespace gatehouse::handlers {

class Endpoint : public Poco::Net::HTTPRequestHandler {
 public:
  void handleRequest(Poco::Net::HTTPServerRequest& request, Poco::Net::HTTPServerResponse& response) final;

 protected:
  virtual void handle(net::Request& request, net::Response& response) = 0;
};

// The request's id for both sides: the caller's x-request-id when it may stand in a log, else
// `otherwise`.
std::string request_id(const net::Request& request, std::string_view otherwise);

// Sends a JSON body with this status and the ids; how the sending went is the response's to tell.
void send_json(net::Response& response, int status, std::string_view id, std::string_view json);

// Sends an error in the gateway's own shape. REQUIRES: !status.ok()
void send_error(net::Response& response, const core::Status& status, std::string_view id);

}  // namespace gatehouse::handlers
