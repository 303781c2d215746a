// GET /v1/models and GET /v1/models/{id}: the aliases callers may use, in a shape that both
// OpenAI's and Anthropic's clients read.
#pragma once

#include "handlers/endpoint.h"
#include "handlers/services.h"

namespace gatehouse::handlers {

class Models final : public Endpoint {
 public:
  explicit Models(const Services& services) : services_(services) {}

 protected:
  void handle(net::Request& request, net::Response& response) override;

 private:
  const Services& services_;
};

}  // namespace gatehouse::handlers
