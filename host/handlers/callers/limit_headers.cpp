#include "handlers/callers/limit_headers.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "core/text/utc.h"

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

std::string utc_after(std::chrono::seconds time) {
  return core::utc_text(std::chrono::system_clock::to_time_t(std::chrono::system_clock::now() + time));
}

// Lines of the head as they are sent. They hold our own words and numbers alone, so nothing in them is checked.
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
  std::array<char, 512 + 128 * core::kDimensionCount> text_;  // more than they can be with every number at its longest
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
    lines << utc_after(std::chrono::ceil<std::chrono::seconds>(quota.reset)) << "\r\n";
}

// The pair tells of what is counted over time; not of slots, nor of money, which is between the caller and the
// operator.
constexpr bool in_ietf_pair(const core::DimensionInfo& row) {
  return row.kind != core::LimitKind::slot && !row.is_money();
}

constexpr std::int64_t kDay = 86'400;
constexpr std::int64_t kLongest[] = {3'600, kDay, 7 * kDay, 31 * kDay, 0};  // of each core::Span; 0: it has no end

constexpr std::int64_t seconds_of(const core::DimensionInfo& row) {
  return row.is_window() ? kLongest[static_cast<std::size_t>(row.span)] : 60;
}

// One field of the pair: its limits separated by commas, or nothing where there are none.
template <class Terms>
void add_ietf_field(Lines& lines, std::string_view name, const core::Quotas& quotas, const Terms& add_terms) {
  std::string_view before = name;
  for (const core::DimensionInfo& row : core::kDimensions) {
    const core::Quota& quota = quotas[row.dimension];
    if (!in_ietf_pair(row) || quota.limit == 0) continue;
    lines << before << "\"" << row.short_name << "\"";
    add_terms(row, quota);
    before = ", ";
  }
  if (before != name) lines << "\r\n";
}

void add_ietf_pair(Lines& lines, const core::Quotas& quotas) {
  add_ietf_field(lines, "ratelimit-policy: ", quotas, [&](const core::DimensionInfo& row, const core::Quota& quota) {
    lines << ";q=" << quota.limit;
    if (const std::int64_t window = seconds_of(row); window != 0) lines << ";w=" << window;
    if (row.unit == core::LimitUnit::tokens) lines << ";qu=\"tokens\"";
  });
  add_ietf_field(lines, "ratelimit: ", quotas, [&](const core::DimensionInfo&, const core::Quota& quota) {
    const std::int64_t reset = std::chrono::ceil<std::chrono::seconds>(quota.reset).count();
    lines << ";r=" << quota.remaining << ";t=" << reset;
  });
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
  add_quota(lines, openai ? kOpenAiRequests : kAnthropicRequests, quotas[core::Dimension::requests], style);
  add_quota(lines, openai ? kOpenAiTokens : kAnthropicTokens, quotas[core::Dimension::tokens], style);
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
