// POST /v1/chat and POST /v1/chat/completions: one chat, in the dialect the endpoint is for.
#pragma once

#include "dialects/dialect.h"
#include "handlers/endpoint.h"
#include "handlers/services.h"

namespace gatehouse::handlers {

class Chat final : public Endpoint {
 public:
  // route: the endpoint's path, for records and metrics.
  Chat(const Services& services, const dialects::Dialect& dialect, std::string_view route)
      : services_(services), dialect_(dialect), route_(route) {}

 protected:
  void handle(net::Request& request, net::Response& response) override;

 private:
  core::Record describe(const net::Request& request) const;

  const Services& services_;
  const dialects::Dialect& dialect_;
  std::string_view route_;
};

}  // namespace gatehouse::handlers
