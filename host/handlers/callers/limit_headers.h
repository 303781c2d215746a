// The headers that tell a caller what it has left. Source: OpenAI's rate-limit headers as its servers send them.
// Functions without state; any thread.
#pragma once

#include <chrono>
#include <string>

#include "core/money/quota.h"
#include "net/front/response.h"

namespace gatehouse::handlers {

enum class LimitStyle {
  openai,     // x-ratelimit-{limit,remaining,reset}-{requests,tokens}; the reset is a duration
  anthropic,  // anthropic-ratelimit-{requests,tokens}-{limit,remaining,reset}; the reset is a time (RFC 3339)
};

// In the dialect's style, and as the pair RateLimit-Policy and RateLimit
// (draft-ietf-httpapi-ratelimit-headers-11), for the limits there are.
void set_limit_headers(net::Response& response, const core::Quotas& quotas, LimitStyle style);

// "120ms", "8.64s", "6m0s": durations as Go prints them.
std::string go_duration(std::chrono::nanoseconds time);

}  // namespace gatehouse::handlers
