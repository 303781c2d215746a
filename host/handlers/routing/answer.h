// How an endpoint answers with JSON, and with the gateway's own errors. Functions without state; any thread.
#pragma once

#include <string>
#include <string_view>

#include "core/status.h"
#include "net/front/request.h"
#include "net/front/response.h"

namespace gatehouse::handlers {

// Sends a JSON body with this status and the request's id; how the sending went is the response's to tell.
void send_json(net::Response& response, int status, std::string_view id, std::string_view json);

// Sends an error in the gateway's own shape. REQUIRES: !status.ok()
void send_error(net::Response& response, const core::Status& status, std::string_view id);

// retry-after (1 to 60 whole seconds: some SDKs ignore more) and retry-after-ms where the failure
// knows a time; x-should-retry: false where waiting cannot help.
void set_retry_headers(net::Response& response, const core::Failure& failure);

}  // namespace gatehouse::handlers
