// What can be limited, and one line of the `limits` list or what one key may spend. Plain values.
//
// A new dimension is a field of LimitRule, a name in Dimension and a row of kDimensions, in this file, and a step
// of the database's schema for keys' own limits (store/database.cpp). Everything else reads the table.
#pragma once

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

#include "core/money/calendar.h"
#include "core/money/limit_match.h"
#include "core/money/limit_scope.h"

namespace gatehouse::core {

struct LimitRule {
  Scope per = Scope::client;
  std::int64_t requests_per_minute = 0;  // 0: not limited, here and below
  std::int64_t tokens_per_minute = 0;
  std::int64_t concurrent = 0;
  std::int64_t tokens_per_day = 0;
  std::int64_t dollars_per_day = 0;  // in nano-dollars, as all dollars
  std::int64_t dollars_per_month = 0;
  std::int64_t requests_per_day = 0;
  std::int64_t tokens_per_hour = 0;
  std::int64_t tokens_per_week = 0;
  std::int64_t tokens_per_month = 0;
  std::int64_t tokens_total = 0;
  std::int64_t dollars_per_hour = 0;
  std::int64_t dollars_per_week = 0;
  std::int64_t dollars_total = 0;
  const Calendar* calendar = &Calendar::utc();  // by which its days and the like are told apart
  std::int64_t warn = 0;  // from which part of its limits on they are warned of, in thousandths; 0: never
  std::string tag = {};   // of Scope::tag: the tag's name
  LimitMatch match = {};  // empty: for everybody

  bool operator==(const LimitRule&) const = default;
};

enum class Dimension : std::uint8_t {
  requests,
  tokens,
  concurrent,
  tokens_day,
  dollars_day,
  dollars_month,
  requests_day,
  tokens_hour,
  tokens_week,
  tokens_month,
  tokens_total,
  dollars_hour,
  dollars_week,
  dollars_total,
};

// How a limit comes free again.
enum class LimitKind : std::uint8_t {
  bucket,  // refills continuously, and holds what a minute allows
  window,  // begins anew with each Span of the calendar
  slot,    // is given back when the exchange ends
};

enum class LimitUnit : std::uint8_t { requests, tokens, money };  // money: nano-dollars

inline constexpr std::string_view kUtc = "(UTC)";  // in a refusal, where a limit's own time zone takes its place

struct DimensionInfo {
  Dimension dimension;
  std::string_view name;  // in YAML, balances, Redis' keys and reports, and a column of the table of keys
  std::int64_t LimitRule::*limit;
  LimitKind kind;
  LimitUnit unit;
  std::string_view short_name;  // the option of `gatehouse key`, the name in RateLimit-Policy; of money: of --budget
  std::string_view words;       // "requests per minute"
  std::string_view exceeded;    // says to the caller that nothing is left; the spender's name follows. kUtc: the zone
  std::string_view reason;      // the same for programs
  Span span = Span::total;      // of a window

  constexpr bool is_window() const { return kind == LimitKind::window; }
  constexpr bool is_money() const { return unit == LimitUnit::money; }
};

// Their order is Dimension's, and that in which messages list them. It decides nothing else.
inline constexpr DimensionInfo kDimensions[] = {
    {Dimension::requests, "requests_per_minute", &LimitRule::requests_per_minute, LimitKind::bucket,
     LimitUnit::requests, "rpm", "requests per minute", "Request rate exceeded for ", "requests"},
    {Dimension::tokens, "tokens_per_minute", &LimitRule::tokens_per_minute, LimitKind::bucket, LimitUnit::tokens, "tpm",
     "tokens per minute", "Token rate exceeded for ", "tokens"},
    {Dimension::concurrent, "concurrent", &LimitRule::concurrent, LimitKind::slot, LimitUnit::requests, "concurrent",
     "requests at once", "Too many requests at once for ", "concurrent"},
    {Dimension::tokens_day, "tokens_per_day", &LimitRule::tokens_per_day, LimitKind::window, LimitUnit::tokens, "tpd",
     "tokens per day", "Today's tokens (UTC) are used up for ", "insufficient_quota", Span::day},
    {Dimension::dollars_day, "dollars_per_day", &LimitRule::dollars_per_day, LimitKind::window, LimitUnit::money,
     "usd/day",
     "US dollars per day", "Today's budget (UTC) is used up for ", "insufficient_quota", Span::day},
    {Dimension::dollars_month, "dollars_per_month", &LimitRule::dollars_per_month, LimitKind::window,
     LimitUnit::money, "usd/month",
     "US dollars per month", "This month's budget (UTC) is used up for ", "insufficient_quota", Span::month},
    {Dimension::requests_day, "requests_per_day", &LimitRule::requests_per_day, LimitKind::window,
     LimitUnit::requests, "rpd",
     "requests per day", "Today's requests (UTC) are used up for ", "insufficient_quota", Span::day},
    {Dimension::tokens_hour, "tokens_per_hour", &LimitRule::tokens_per_hour, LimitKind::window, LimitUnit::tokens,
     "tph",
     "tokens per hour", "This hour's tokens (UTC) are used up for ", "insufficient_quota", Span::hour},
    {Dimension::tokens_week, "tokens_per_week", &LimitRule::tokens_per_week, LimitKind::window, LimitUnit::tokens,
     "tpw",
     "tokens per week", "This week's tokens (UTC) are used up for ", "insufficient_quota", Span::week},
    {Dimension::tokens_month, "tokens_per_month", &LimitRule::tokens_per_month, LimitKind::window, LimitUnit::tokens,
     "tokens-month",
     "tokens per month", "This month's tokens (UTC) are used up for ", "insufficient_quota", Span::month},
    {Dimension::tokens_total, "tokens_total", &LimitRule::tokens_total, LimitKind::window, LimitUnit::tokens,
     "tokens-total",
     "tokens in all", "All tokens are used up for ", "insufficient_quota", Span::total},
    {Dimension::dollars_hour, "dollars_per_hour", &LimitRule::dollars_per_hour, LimitKind::window, LimitUnit::money,
     "usd/hour",
     "US dollars per hour", "This hour's budget (UTC) is used up for ", "insufficient_quota", Span::hour},
    {Dimension::dollars_week, "dollars_per_week", &LimitRule::dollars_per_week, LimitKind::window, LimitUnit::money,
     "usd/week",
     "US dollars per week", "This week's budget (UTC) is used up for ", "insufficient_quota", Span::week},
    {Dimension::dollars_total, "dollars_total", &LimitRule::dollars_total, LimitKind::window, LimitUnit::money,
     "usd/total",
     "US dollars in all", "The whole budget is used up for ", "insufficient_quota", Span::total},
};
constexpr std::size_t kDimensionCount = std::size(kDimensions);

constexpr const DimensionInfo& info(Dimension dimension) { return kDimensions[static_cast<std::size_t>(dimension)]; }

// Whether it limits one of the dimensions that are meant.
template <class Is>
bool limits_any(const LimitRule& rule, const Is& is) {
  return std::any_of(std::begin(kDimensions), std::end(kDimensions),
                     [&](const DimensionInfo& row) { return is(row) && rule.*row.limit != 0; });
}

inline bool limits_anything(const LimitRule& rule) {
  return limits_any(rule, [](const DimensionInfo&) { return true; });
}

inline bool counts_money(const LimitRule& rule) {
  return limits_any(rule, [](const DimensionInfo& row) { return row.is_money(); });
}

static_assert(
    [] {
      for (std::size_t i = 0; i < kDimensionCount; ++i) {
        if (kDimensions[i].dimension != static_cast<Dimension>(i)) return false;
      }
      return true;
    }(),
    "info() finds a dimension's row by its number");
static_assert(sizeof(LimitRule) ==
                  (kDimensionCount + 3) * sizeof(std::int64_t) + sizeof(std::string) + sizeof(LimitMatch),
              "each limit of a rule has its row");

// What applies while the accounts that several gateways share are unreachable. degrade: this gateway's share of each
// limit. open: no limit. closed: every request is refused.
enum class WhenAway : std::uint8_t { degrade, open, closed };

}  // namespace gatehouse::core
