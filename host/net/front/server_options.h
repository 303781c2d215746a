// How a server listens and what it allows its clients. Values.
#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>

#include "core/address_ranges.h"
#include "net/bounds/body_budget.h"
#include "net/http/request_limits.h"

namespace gatehouse::net {

struct ServerOptions {
  std::string host = "127.0.0.1";  // an IP address or a name
  std::uint16_t port = 0;          // 0: any free one
  RequestLimits request;
  std::shared_ptr<BodyBudget> bodies = std::make_shared<BodyBudget>(256u << 20);  // servers may share one
  unsigned loops = 0;             // threads that share the work; 0: as many as there are processors
  unsigned max_in_flight = 2048;  // requests in handlers
  unsigned max_connections = 20'000;
  unsigned max_connections_per_address = 0;  // 0: any number
  core::AddressRanges trusted_proxies;       // from these any number
  std::size_t fiber_stack = 256u << 10;
  std::chrono::milliseconds header_deadline{10'000};  // for the whole head, from its first byte
  std::chrono::milliseconds body_silence{30'000};     // within a body; as long a time brings body_rate, or it ends
  std::size_t body_rate = 1024;                       // bytes a second, the lowest
  std::chrono::milliseconds idle_timeout{75'000};     // between requests
  std::chrono::milliseconds write_stall{30'000};      // the longest a client may take no byte
};

}  // namespace gatehouse::net
