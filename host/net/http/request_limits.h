// How large a request may be. Values.
#pragma once

#include <cstddef>

namespace gatehouse::net {

struct RequestLimits {
  std::size_t request_line = 8u << 10;
  std::size_t head = 32u << 10;  // the request line and all fields; trailers and chunk extensions get as much again
  std::size_t fields = 100;
  std::size_t body = 10u << 20;
};

}  // namespace gatehouse::net
