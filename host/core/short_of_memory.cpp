#include "core/short_of_memory.h"

namespace gatehouse::core {

Status short_of_memory() {
  Status status(Code::overloaded, "The gateway is short of memory just now; send the request again.");
  status.failure().retry_after = std::chrono::seconds(1);
  status.failure().reason = "gateway_short_of_resources";
  return status;
}

}  // namespace gatehouse::core
