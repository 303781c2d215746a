#include "core/caller.h"

namespace gatehouse::core {

Result<std::string> agree_on_client(std::string_view header, std::string_view body) {
  if (header.empty() || body.empty() || header == body) return std::string(header.empty() ? body : header);
  Status status(Code::invalid_request,
                "The header x-client-id and the body's client_id name different clients; send one of them");
  status.failure().param = "client_id";
  status.failure().reason = "client_mismatch";
  return status;
}

}  // namespace gatehouse::core
