#include "core/status.h"

namespace gatehouse::core {

CodeInfo info(Code code) {
  switch (code) {
    case Code::ok: return {200, ""};
    case Code::invalid_request: return {400, "invalid_request_error"};
    case Code::unauthenticated: return {401, "authentication_error"};
    case Code::denied: return {403, "policy_denied"};
    case Code::not_found: return {404, "not_found"};
    case Code::method_not_allowed: return {405, "method_not_allowed"};
    case Code::request_timeout: return {408, "request_timeout"};
    case Code::too_large: return {413, "request_too_large"};
    case Code::unsupported_protocol: return {501, "unsupported_protocol"};
    case Code::rate_limited: return {429, "rate_limit_exceeded"};
    case Code::client_gone: return {499, "client_gone"};
    case Code::upstream_failed: return {502, "upstream_error"};
    case Code::upstream_unreachable: return {502, "upstream_unreachable"};
    case Code::upstream_timeout: return {504, "upstream_timeout"};
    case Code::overloaded: return {503, "overloaded"};
    case Code::config: return {500, "configuration_error"};
    case Code::internal: return {500, "internal_error"};
  }
  return {500, "internal_error"};
}

Status::Status(Code code, std::string message) : failure_(new Failure{code, std::move(message), {}, {}, {}}) {}
Status::Status(Failure failure) : failure_(new Failure(std::move(failure))) {}

Failure* Status::copy(const Failure& failure) { return new Failure(failure); }
void Status::Drop::operator()(Failure* failure) const noexcept { delete failure; }

int Status::http_status() const {
  if (ok()) return 200;
  return failure_->http_status != 0 ? failure_->http_status : info(failure_->code).http_status;
}

Status Status::within(std::string_view where) && {
  if (failure_) failure_->message.insert(0, std::string(where) + ": ");
  return std::move(*this);
}

}  // namespace gatehouse::core
