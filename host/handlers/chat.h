// POST /v1/chat, /v1/chat/completions, /v1/messages, /v1/responses, /v1/embeddings: one exchange, in the dialect the
// endpoint is for.
#pragma once

#include "dialects/dialect.h"
#include "handlers/endpoint.h"
#include "handlers/limit_headers.h"
#include "handlers/services.h"

namespace gatehouse::handlers {

class Chat final : public Endpoint {
 public:
  // route: the endpoint's path, for records and metrics.
  Chat(const Services& services, const dialects::Dialect& dialect, std::string_view route,
       LimitStyle limit_style = LimitStyle::openai)
      : services_(services), dialect_(dialect), route_(route), limit_style_(limit_style) {}

 protected:
  void handle(net::Request& request, net::Response& response) override;

 private:
  core::Record describe(const net::Request& request) const;

  const Services& services_;
  const dialects::Dialect& dialect_;
  std::string_view route_;
  LimitStyle limit_style_;
};

}  // namespace gatehouse::handlers
