// What a provider's error means to the gateway and what its caller is told. A refused key is the
// operator's business: of such an answer nothing is passed on, as some providers quote the key in it.
// Functions without state; any thread.
#pragma once

#include <gatehouse/plugin.hpp>

#include <chrono>
#include <cstdlib>
#include <optional>
#include <string>

#include "refusal.h"

namespace provider {

struct Failure {
  std::string message, code, type, param;
  Refusal refusal = Refusal::none;
  bool key_refused = false;
  std::chrono::milliseconds retry_after{0};
};

// Google's details: why, and when to come back ("13s").
inline void read_details(simdjson::dom::element root, Failure& failure) {
  const auto details = gatehouse::at<simdjson::dom::array>(root, "/error/details");
  if (!details) return;
  for (const simdjson::dom::element detail : *details) {
    if (gatehouse::text_at(detail, "/reason") == "API_KEY_INVALID") failure.key_refused = true;
    const std::string delay(gatehouse::text_at(detail, "/retryDelay").value_or(""));
    char* end = nullptr;
    const double seconds = std::strtod(delay.c_str(), &end);
    if (end != delay.c_str() && *end == 's' && seconds > 0 && seconds < 86400) {
      failure.retry_after = std::chrono::milliseconds(static_cast<std::int64_t>(seconds * 1000));
    }
  }
}

// The shapes found in the wild: {"error":{"message","code"}}, {"error":"…"}, {"message":"…"},
// {"detail":"…"}, and the first of these in a list.
inline Failure failure_of(simdjson::dom::element root) {
  simdjson::dom::array list;
  if (root.get(list) == simdjson::SUCCESS) return list.size() == 0 ? Failure() : failure_of(list.at(0).value_unsafe());
  Failure failure;
  for (const std::string_view place : {"/error/message", "/error", "/message", "/detail"}) {
    const auto text = gatehouse::text_at(root, place);
    if (text && failure.message.empty()) failure.message = *text;
  }
  failure.code = gatehouse::text_at(root, "/error/code").value_or("");
  failure.type = gatehouse::text_at(root, "/error/type").value_or("");
  failure.param = gatehouse::text_at(root, "/error/param").value_or("");
  const std::string_view inner = gatehouse::text_at(root, "/error/innererror/code").value_or("");
  failure.refusal = refusal_of({failure.code, failure.type, inner}, failure.message);
  read_details(root, failure);
  return failure;
}

inline gatehouse::Error reported(simdjson::dom::element root) {
  Failure failure = failure_of(root);
  if (failure.message.empty()) failure.message = "it gave no reason";
  if (failure.refusal != Refusal::none) return refused(failure.refusal, failure.message, failure.code, 400);
  return gatehouse::Error(GH_EUPSTREAM, "the provider failed: " + failure.message).code(failure.code).refused();
}

// The failure reported inside an answer that began well: a 200 with "error", or such a chunk; some servers
// say {"object":"error","message":…}.
inline std::optional<gatehouse::Error> failure_in(simdjson::dom::element root) {
  const auto error = gatehouse::at<simdjson::dom::element>(root, "/error");
  const bool failed = (error && !error->is_null()) || gatehouse::text_at(root, "/object") == "error";
  return failed ? std::optional(reported(root)) : std::nullopt;
}

// Whether the account at the provider is used up or closed: no waiting helps, and it is nobody's but the operator's.
inline bool is_out_of_quota(const Failure& failure) {
  constexpr std::string_view kWords[] = {"insufficient_quota", "billing_hard_limit_reached", "billing_not_active",
                                         "account_deactivated", "insufficient_balance", "billing_error"};
  for (const std::string_view word : kWords) {
    if (failure.code == word || failure.type == word) return true;
  }
  return failure.message.find("credit balance is too low") != std::string::npos;
}

// For every status but 2xx; body is nullopt when it is not JSON.
inline gatehouse::Error error_of(int status, std::optional<simdjson::dom::element> body, const std::string& model) {
  using gatehouse::Error;
  const std::string answered = "the provider answered " + std::to_string(status);
  const Failure failure = body ? failure_of(*body) : Failure();
  if (status == 401 || status == 403 || failure.key_refused) {
    return {GH_EUPSTREAM, answered + ": it refuses the gateway; the operator should check this provider's api_key"};
  }
  std::string why = answered + ": " + failure.message;
  if (!body) why = answered + " with something that is not JSON; the operator should check its base_url";
  if (body && failure.message.empty()) why = answered + " and gave no reason";
  if (status == 402 || is_out_of_quota(failure)) {
    Error error(GH_EUPSTREAM,
                answered + ": the gateway's account there has no quota left; the operator should look at its billing");
    return error.code("provider_quota_exceeded");
  }
  const bool to_mend = status == 400 || status == 413 || status == 422;  // by the caller
  const std::uint32_t told = to_mend ? static_cast<std::uint32_t>(status) : 400;
  // Some servers say even this with a 500.
  if (failure.refusal != Refusal::none && (to_mend || status == 500))
    return refused(failure.refusal, failure.message.empty() ? why : failure.message, failure.code, told)
        .param(failure.param);
  if (to_mend) {  // the provider's own words are enough
    Error error(GH_EINVAL, failure.message.empty() ? why : failure.message);
    return error.code(failure.code).param(failure.param).http_status(told);
  }
  switch (status) {
    case 404: return Error(GH_EUPSTREAM, why + " (its model was '" + model + "')").code(failure.code);
    case 429: return Error(GH_ERETRY, why).code(failure.code).http_status(429).retry_after(failure.retry_after);
    case 529: return Error(GH_ERETRY, why).code("overloaded").http_status(503).retry_after(failure.retry_after);
    default:
      const bool passing = status == 408 || status == 409 || status >= 500;
      return Error(passing ? GH_ERETRY : GH_EUPSTREAM, why).code(failure.code);
  }
}

}  // namespace provider
