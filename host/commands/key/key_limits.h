// What a key may spend, as options of the command line and as a line of text. Functions without state.
#pragma once

#include <algorithm>
#include <array>
#include <iterator>
#include <string>

#include "commands/command.h"
#include "core/money/limit_rule.h"
#include "core/status.h"

namespace gatehouse::commands {

// The dimensions with an option of their own: all but money, which --budget limits. By kind, slots last.
inline constexpr auto kCountedDimensions = [] {
  using core::LimitKind;
  constexpr auto counted = [](const core::DimensionInfo& row) { return !row.is_money(); };
  constexpr auto count = std::count_if(std::begin(core::kDimensions), std::end(core::kDimensions), counted);
  std::array<core::Dimension, count> dimensions{};
  auto next = dimensions.begin();
  for (const LimitKind kind : {LimitKind::bucket, LimitKind::window, LimitKind::slot}) {
    for (const core::DimensionInfo& row : core::kDimensions) {
      if (row.kind == kind && counted(row)) *next++ = row.dimension;
    }
  }
  return dimensions;
}();

// --rpm, --tpm and the like, and --budget.
inline constexpr auto kLimitOptions = [] {
  std::array<Option, kCountedDimensions.size() + 1> options{};
  auto next = options.begin();
  for (const core::Dimension dimension : kCountedDimensions) {
    const core::DimensionInfo& row = core::info(dimension);
    *next++ = {row.short_name, "N", row.words};
  }
  *next = {"budget", "20usd/month",
           "the most it may spend in a month, hour, day or week of the calendar (UTC), or in total"};
  return options;
}();

// What is wrong with an option: Code::invalid_request.
core::Status unfit(std::string message);

core::Status read_limits(const Arguments& arguments, core::LimitRule& limits);

// "rpm 60 concurrent 4 20usd/month", for a list of keys.
std::string limits_text(const core::LimitRule& limits);

}  // namespace gatehouse::commands
