#include "net/dial/shortage.h"

#include <cerrno>
#include <chrono>
#include <system_error>

namespace gatehouse::net {

bool is_shortage(int error) { return error == EMFILE || error == ENFILE || error == ENOMEM || error == ENOBUFS; }

core::Status shortage(int error) {
  core::Failure failure;
  failure.code = core::Code::internal;
  failure.http_status = 503;
  failure.reason = "gateway_short_of_resources";
  failure.message = "The gateway is short of resources just now and could not ask a provider; send the request again";
  failure.detail = std::generic_category().message(error) + "; raise the limit of open files, or of memory";
  failure.retry_after = std::chrono::milliseconds(1'000);
  return core::Status(std::move(failure));
}

}  // namespace gatehouse::net
