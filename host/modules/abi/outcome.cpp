#include "modules/abi/outcome.h"

#include "modules/abi/plugin_text.h"

namespace gatehouse::modules {

namespace {

core::Code code_of(gh_status status, std::uint32_t http_status) {
  switch (status) {
    case GH_EINVAL: return core::Code::invalid_request;
    case GH_ECONFIG: return core::Code::config;
    case GH_EUPSTREAM: return core::Code::upstream_failed;
    case GH_ERETRY: return http_status == 429 ? core::Code::rate_limited : core::Code::upstream_failed;
    case GH_ECANCELLED: return core::Code::client_gone;
    default: return core::Code::internal;
  }
}

core::Refusal refusal_of(std::uint32_t flags) {
  if ((flags & GH_ERROR_CONTEXT_LENGTH) != 0) return core::Refusal::context_length;
  return (flags & GH_ERROR_CONTENT_FILTER) != 0 ? core::Refusal::content_filter : core::Refusal::none;
}

}  // namespace

std::string CallError::message() const {
  std::string message = plugin_text(raw_.message, sizeof raw_.message);
  return message.empty() ? "the plugin gave no reason" : message;
}

core::Status CallError::to_status(gh_status status, std::string_view plugin) const {
  if (status == GH_OK) return {};
  core::Failure failure;
  failure.code = code_of(status, raw_.http_status);
  failure.message = std::string(plugin) + ": " + message();
  failure.reason = plugin_text(raw_.code, sizeof raw_.code);
  failure.param = plugin_text(raw_.param, sizeof raw_.param);
  if (raw_.http_status >= 400 && raw_.http_status <= 599) failure.http_status = static_cast<int>(raw_.http_status);
  failure.retry_after = std::chrono::milliseconds(raw_.retry_after_ms);
  failure.retry_useless = status == GH_EUPSTREAM;
  failure.refused = (raw_.flags & GH_ERROR_REFUSED) != 0;
  failure.refusal = refusal_of(raw_.flags);
  return core::Status(std::move(failure));
}

}  // namespace gatehouse::modules
