// GET /admin/limits: which limits are in force, and who has spent how much of them now; the most
// spent first, a hundred of each. Where several gateways share them, that is this one's part of the spending and of
// the limit, and "together" says both for all of them.
#pragma once

#include "handlers/endpoint.h"
#include "handlers/services.h"

namespace gatehouse::handlers {

class AdminLimits final : public Endpoint {
 public:
  explicit AdminLimits(const Services& services) : services_(services) {}

 protected:
  void handle(net::Request& request, net::Response& response) override;

 private:
  const Services& services_;
};

}  // namespace gatehouse::handlers
