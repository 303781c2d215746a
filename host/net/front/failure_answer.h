// Answers a request that never reached a handler, or that a handler left without an answer:
// {"error":{"type","message"}} with an x-request-id. Safe from any thread.
#pragma once

#include "core/status.h"
#include "net/front/response.h"

namespace gatehouse::net {

// REQUIRES: !failure.ok() and !response.sent(). Returns how the sending went.
core::Status answer_failure(Response& response, const core::Status& failure);

}  // namespace gatehouse::net
