// GET /admin/usage: who used what: requests, tokens and money. since=YYYY-MM-DD (default: the last
// thirty days), by=day,client,key,model (default: all four).
#pragma once

#include "handlers/endpoint.h"
#include "handlers/services.h"

namespace gatehouse::handlers {

class AdminUsage final : public Endpoint {
 public:
  explicit AdminUsage(const Services& services) : services_(services) {}

 protected:
  void handle(net::Request& request, net::Response& response) override;

 private:
  const Services& services_;
};

}  // namespace gatehouse::handlers
