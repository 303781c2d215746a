// POST /v1/messages/count_tokens: how many tokens a prompt has, by the estimate that limits go by.
#pragma once

#include "handlers/endpoint.h"

namespace gatehouse::handlers {

class CountTokens final : public Endpoint {
 protected:
  void handle(net::Request& request, net::Response& response) override;
};

}  // namespace gatehouse::handlers
