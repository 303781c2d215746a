#include "handlers/callers/limit_headers.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <ctime>

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

// Lines of the head as they are sent. Of our own words and of numbers, so that nothing in them needs a look.
class Lines {
 public:
  Lines& operator<<(std::string_view text) {
    end_ = std::copy(text.begin(), text.end(), end_);
    return *this;
  }
  Lines& operator<<(std::int64_t number) {
    end_ = std::to_chars(end_, text_.end(), number).ptr;
    return *this;
  }
  std::string_view view() const { return {text_.begin(), static_cast<std::size_t>(end_ - text_.begin())}; }

 private:
  std::array<char, 1024> text_;  // more than all of them can be, with every number at its longest
  char* end_ = text_.begin();
};

void add_quota(Lines& lines, const QuotaFields& names, const core::Quota& quota, LimitStyle style) {
  if (quota.limit == 0) return;
  lines << names.limit << ": " << quota.limit << "\r\n";
  lines << names.remaining << ": " << quota.remaining << "\r\n";
  lines << names.reset << ": ";
  if (style == LimitStyle::openai)
    lines << go_duration(quota.reset) << "\r\n";
  else
    lines << rfc3339(std::chrono::system_clock::now() + std::chrono::ceil<std::chrono::seconds>(quota.reset)) << "\r\n";
}

// One window of the IETF pair of fields.
struct Window {
  std::string_view name;
  std::string_view terms;
  const core::Quota& quota;
};

void add_ietf_pair(Lines& lines, const core::Quotas& quotas) {
  const Window windows[] = {{"\"rpm\"", ";w=60", quotas.requests},
                            {"\"tpm\"", ";w=60;qu=\"tokens\"", quotas.tokens},
                            {"\"tpd\"", ";w=86400;qu=\"tokens\"", quotas.tokens_today}};
  std::string_view before = "ratelimit-policy: ";
  for (const auto& [name, terms, quota] : windows) {
    if (quota.limit == 0) continue;
    lines << before << name << ";q=" << quota.limit << terms;
    before = ", ";
  }
  if (before != ", ") return;
  before = "\r\nratelimit: ";
  for (const auto& [name, terms, quota] : windows) {
    if (quota.limit == 0) continue;
    const auto seconds = std::chrono::ceil<std::chrono::seconds>(quota.reset).count();
    lines << before << name << ";r=" << quota.remaining << ";t=" << std::int64_t{seconds};
    before = ", ";
  }
  lines << "\r\n";
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
  Lines lines;
  add_quota(lines, openai ? kOpenAiRequests : kAnthropicRequests, quotas.requests, style);
  add_quota(lines, openai ? kOpenAiTokens : kAnthropicTokens, quotas.tokens, style);
  add_ietf_pair(lines, quotas);
  response.add_lines(lines.view());
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
