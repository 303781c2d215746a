// POST /v1/messages/count_tokens: how many tokens a prompt has, by the estimate that limits go by.
#pragma once

#include "handlers/endpoint.h"
#include "handlers/services.h"

namespace gatehouse::handlers {

class CountTokens final : public Endpoint {
 public:
  explicit CountTokens(const Services& services) : services_(services) {}

 protected:
  void handle(net::Request& request, net::Response& response) override;

 private:
  std::uint64_t input_tokens(const core::ChatRequest& question) const;

  const Services& services_;
};

}  // namespace gatehouse::handlers
