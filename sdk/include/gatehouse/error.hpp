// How plugin code fails: it throws gatehouse::Error, and the barrier around every exported function
// (detail/guard.hpp) turns that into a gh_status and a gh_error. No exception ever leaves a plugin. Values; any thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <exception>
#include <string>
#include <utility>

#include <gatehouse/abi.h>

namespace gatehouse {

// `throw Error(GH_ERETRY, "the provider is overloaded").http_status(503).retry_after(2s)`
// status: one of GH_E…; it decides what the host does. The rest is what people and callers see.
class Error : public std::exception {
 public:
  // message: one sentence that tells its reader what to do; cut at 447 bytes.
  Error(gh_status status, std::string message) : status_(status), message_(std::move(message)) {}

  // Machine-readable, as in OpenAI's error.code; cut at 47 bytes.
  Error& code(std::string code) {
    code_ = std::move(code);
    return *this;
  }
  // The field of the request that is at fault: "messages[2].content"; cut at 95 bytes.
  Error& param(std::string param) {
    param_ = std::move(param);
    return *this;
  }
  // What the gateway's caller should see; without it the host chooses.
  Error& http_status(std::uint32_t http_status) {
    http_status_ = http_status;
    return *this;
  }
  // How long to wait before trying again.
  Error& retry_after(std::chrono::milliseconds wait) {
    retry_after_ = wait;
    return *this;
  }
  // Of a provider: it said itself that it failed, in the place of an answer, and charges nothing.
  Error& refused() {
    flags_ |= GH_ERROR_REFUSED;
    return *this;
  }

  // Of a provider: it refused the request since it does not fit into the model's context. Targets that are marked for
  // this may be asked instead.
  Error& context_length() {
    flags_ |= GH_ERROR_CONTEXT_LENGTH;
    return *this;
  }
  // Of a provider: its filter did not let the request pass. Targets that are marked for this may be asked instead.
  Error& content_filter() {
    flags_ |= GH_ERROR_CONTENT_FILTER;
    return *this;
  }

  gh_status status() const { return status_; }
  const std::string& message() const { return message_; }
  const std::string& code() const { return code_; }
  const std::string& param() const { return param_; }
  std::uint32_t http_status() const { return http_status_; }
  std::chrono::milliseconds retry_after() const { return retry_after_; }
  std::uint32_t flags() const { return flags_; }  // GH_ERROR_…
  const char* what() const noexcept override { return message_.c_str(); }

 private:
  gh_status status_;
  std::string message_;
  std::string code_;
  std::string param_;
  std::uint32_t http_status_ = 0;
  std::chrono::milliseconds retry_after_{0};
  std::uint32_t flags_ = 0;
};

}  // namespace gatehouse
