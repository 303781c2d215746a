// GET /healthz: the process lives. GET /readyz: it takes requests, and does not while it drains.
#pragma once

#include <atomic>

#include "handlers/endpoint.h"

namespace gatehouse::handlers {

class Health final : public Endpoint {
 protected:
  void handle(net::Request& request, net::Response& response) override;
};

class Readiness final : public Endpoint {
 public:
  // REQUIRES: draining outlives the endpoint.
  explicit Readiness(const std::atomic<bool>& draining) : draining_(draining) {}

 protected:
  void handle(net::Request& request, net::Response& response) override;

 private:
  const std::atomic<bool>& draining_;
};

}  // namespace gatehouse::handlers
