// GET /metrics: the counts, in Prometheus' text format.
#pragma once

#include "handlers/endpoint.h"
#include "handlers/services.h"

namespace gatehouse::handlers {

class AdminMetrics final : public Endpoint {
 public:
  explicit AdminMetrics(const Services& services) : services_(services) {}

 protected:
  void handle(net::Request&, net::Response& response) override {
    response.add_field("content-type", "text/plain; version=0.0.4; charset=utf-8");
    // A client that left is noticed by the connection.
    (void)response.send_body(
        services_.metrics.text(*services_.registry.current(), services_.reloader, services_.server_counters(),
                               services_.ledger.shared()));
  }

 private:
  const Services& services_;
};

}  // namespace gatehouse::handlers
