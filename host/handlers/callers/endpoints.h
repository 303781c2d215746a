// The callers' endpoints, one file each. Functions without state; any thread.
#pragma once

#include <string>

#include "handlers/callers/services.h"
#include "handlers/routing/health.h"

namespace gatehouse::handlers {

// POST /v1/messages/count_tokens: how many tokens a prompt has, by the estimate that limits go by.
void count_tokens(const CallerServices& services, net::Request& request, net::Response& response, Visitor& visitor);
// To a caller who is not let in.
void refuse_count_tokens(const net::Request& request, net::Response& response, const std::string& id,
                         const core::Status& why);

// GET /v1/models: the aliases that this caller may use. GET /v1/models/{id}: one of them.
void models(const CallerServices& services, net::Request& request, net::Response& response, Visitor& visitor);

// These, and those of chat.h. REQUIRES: services outlive the router.
void add_caller_endpoints(Router& router, const CallerServices& services, Unready unready);

}  // namespace gatehouse::handlers
