// GET /admin/plugins: what is loaded, from which file, with its hash and version.
#pragma once

#include "handlers/endpoint.h"
#include "handlers/services.h"

namespace gatehouse::handlers {

class AdminPlugins final : public Endpoint {
 public:
  explicit AdminPlugins(const Services& services) : services_(services) {}

 protected:
  void handle(net::Request& request, net::Response& response) override;

 private:
  const Services& services_;
};

}  // namespace gatehouse::handlers
