// POST /v1/chat, /v1/chat/completions, /v1/messages, /v1/responses, /v1/embeddings: one exchange, in the endpoint's
// dialect. Functions without state; any thread.
#pragma once

#include <string>
#include <string_view>

#include "dialects/dialect.h"
#include "handlers/callers/limit_headers.h"
#include "handlers/callers/services.h"
#include "handlers/routing/router.h"

namespace gatehouse::handlers {

struct ChatEndpoint {
  std::string_view route;  // its path, also for records and metrics
  const dialects::Dialect& dialect;
  LimitStyle limit_style;
};

// REQUIRES: visitor.caller has been found out.
void chat(const CallerServices& services, const ChatEndpoint& endpoint, net::Request& request, net::Response& response,
          Visitor& visitor);
// Answers and records a request that is refused by its head.
void refuse_chat(const CallerServices& services, const ChatEndpoint& endpoint, const net::Request& request,
                 net::Response& response, const std::string& id, const core::Status& why);

}  // namespace gatehouse::handlers
