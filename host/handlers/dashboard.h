// GET / on the operators' side: a page that shows what the other endpoints there answer, and asks them anew every
// few seconds. It holds nothing itself, so it is served without the admin token and asks for that.
#pragma once

#include "handlers/endpoint.h"

namespace gatehouse::handlers {

class Dashboard final : public Endpoint {
 protected:
  void handle(net::Request& request, net::Response& response) override;
};

}  // namespace gatehouse::handlers
