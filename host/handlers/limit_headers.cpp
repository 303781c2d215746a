#include "handlers/limit_headers.h"

#include <algorithm>
#include <charconv>
#include <ctime>
#include <random>

namespace gatehouse::handlers {

using namespace std::chrono_literals;

namespace {

struct QuotaFields {
  std::string_view limit;
  std::string_view remaining;
  std::string_view reset;
};

constexpr QuotaFields kOpenAiRequests = {"x-ratelimit-limit-requests", "x-ratelimit-remaining-requests",
                                         "x-ratelimit-reset-requests"};
constexpr QuotaFields kOpenAiTokens = {"x-ratelimit-limit-tokens", "x-ratelimit-remaining-tokens",
                                       "x-ratelimit-reset-tokens"};
constexpr QuotaFields kAnthropicRequests = {"anthropic-ratelimit-requests-limit",
                                            "anthropic-ratelimit-requests-remaining",
                                            "anthropic-ratelimit-requests-reset"};
constexpr QuotaFields kAnthropicTokens = {"anthropic-ratelimit-tokens-limit", "anthropic-ratelimit-tokens-remaining",
                                          "anthropic-ratelimit-tokens-reset"};

std::string rfc3339(std::chrono::system_clock::time_point time) {
  const std::time_t seconds = std::chrono::system_clock::to_time_t(time);
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  char text[32];
  return {text, std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &parts)};
}

void add_quota(net::Response& response, const QuotaFields& names, const core::Quota& quota, LimitStyle style) {
  if (quota.limit == 0) return;
  response.add_field(names.limit, std::to_string(quota.limit));
  response.add_field(names.remaining, std::to_string(quota.remaining));
  response.add_field(names.reset, style == LimitStyle::openai
                                      ? go_duration(quota.reset)
                                      : rfc3339(std::chrono::system_clock::now() +
                                                std::chrono::ceil<std::chrono::seconds>(quota.reset)));
}

void append_number(std::string& out, std::int64_t number) {
  char digits[24];
  out.append(digits, static_cast<std::size_t>(std::to_chars(digits, digits + sizeof digits, number).ptr - digits));
}

// One item of the IETF pair: its policy, and what is left of it.
void append_item(std::string& policy, std::string& limit, std::string_view name, const core::Quota& quota,
                 std::string_view window) {
  if (quota.limit == 0) return;
  for (std::string* text : {&policy, &limit}) text->append(text->empty() ? "\"" : ", \"").append(name);
  append_number(policy.append("\";q="), quota.limit);
  policy.append(window);
  append_number(limit.append("\";r="), quota.remaining);
  append_number(limit.append(";t="), std::chrono::ceil<std::chrono::seconds>(quota.reset).count());
}

// Up to a fifth more, so that callers who were refused together do not come back together.
std::chrono::milliseconds with_jitter(std::chrono::milliseconds time) {
  thread_local std::minstd_rand engine(std::random_device{}());
  return time + time * std::uniform_int_distribution<int>(0, 200)(engine) / 1000;
}

// Milliseconds as seconds, without needless zeros: 8640 -> "8.64".
std::string seconds(std::int64_t ms) {
  std::string text = std::to_string(ms / 1000);
  if (ms % 1000 == 0) return text;
  std::string fraction = std::to_string(1000 + ms % 1000).substr(1);
  fraction.erase(fraction.find_last_not_of('0') + 1);
  return text + "." + fraction;
}

}  // namespace

void set_limit_headers(net::Response& response, const core::Quotas& quotas, LimitStyle style) {
  const bool openai = style == LimitStyle::openai;
  add_quota(response, openai ? kOpenAiRequests : kAnthropicRequests, quotas.requests, style);
  add_quota(response, openai ? kOpenAiTokens : kAnthropicTokens, quotas.tokens, style);
  thread_local std::string policy, limit;  // kept for their memory
  policy.clear();
  limit.clear();
  append_item(policy, limit, "rpm", quotas.requests, ";w=60");
  append_item(policy, limit, "tpm", quotas.tokens, ";w=60;qu=\"tokens\"");
  append_item(policy, limit, "tpd", quotas.tokens_today, ";w=86400;qu=\"tokens\"");
  if (policy.empty()) return;
  response.add_field("ratelimit-policy", policy);
  response.add_field("ratelimit", limit);
}

void set_retry_headers(net::Response& response, const core::Failure& failure) {
  if (failure.retry_useless) {
    response.add_field("x-should-retry", "false");
  } else if (failure.retry_after > 0ms) {
    const auto whole = std::chrono::ceil<std::chrono::seconds>(failure.spread ? with_jitter(failure.retry_after)
                                                                              : failure.retry_after);
    response.add_field("retry-after", std::to_string(std::clamp(whole, 1s, 60s).count()));
    response.add_field("retry-after-ms",
                       std::to_string(std::min<std::chrono::milliseconds>(failure.retry_after, 60s).count()));
  }
}

std::string go_duration(std::chrono::nanoseconds time) {
  const std::int64_t ms = std::chrono::ceil<std::chrono::milliseconds>(std::max(time, 0ns)).count();
  if (ms == 0) return "0s";
  if (ms < 1000) return std::to_string(ms) + "ms";
  std::string text;
  if (ms >= 3'600'000) text += std::to_string(ms / 3'600'000) + "h";
  if (ms >= 60'000) text += std::to_string(ms / 60'000 % 60) + "m";
  return text + seconds(ms % 60'000) + "s";
}

}  // namespace gatehouse::handlers
