#include "commands/key/key_limits.h"

#include <algorithm>

#include "config/yaml/units.h"
#include "core/money/money.h"

namespace gatehouse::commands {

using core::Code;
using core::DimensionInfo;
using core::LimitRule;
using core::Status;

namespace {

constexpr std::int64_t kMost = 1'000'000'000'000;

Status read_count(const Arguments& arguments, const DimensionInfo& row, LimitRule& limits) {
  const std::string option(row.short_name);
  const std::string text = arguments.option(option);
  if (text.empty()) return {};
  const auto value = config::parse_integer(text);
  if (!value || *value < 1 || *value > kMost) {
    return unfit("--" + option + " must be a whole number from 1, not '" + text + "'");
  }
  limits.*row.limit = *value;
  return {};
}

// "20usd/month" or "0.5usd/day".
bool read_amount(std::string_view text, LimitRule& limits) {
  for (const DimensionInfo& row : core::kDimensions) {
    if (!row.is_money() || !text.ends_with(row.short_name)) continue;
    const auto amount = config::parse_dollars(text.substr(0, text.size() - row.short_name.size()));
    if (!amount || *amount <= 0) return false;
    limits.*row.limit = *amount;
    return true;
  }
  return false;
}

// Several amounts are separated by commas.
Status read_budget(std::string_view text, LimitRule& limits) {
  while (!text.empty()) {
    const std::string_view amount = text.substr(0, text.find(','));
    text.remove_prefix(std::min(amount.size() + 1, text.size()));
    if (read_amount(amount, limits)) continue;
    return unfit("--budget must be such as 20usd/month or 0.5usd/day, not '" + std::string(amount) + "'");
  }
  return {};
}

}  // namespace

Status unfit(std::string message) { return {Code::invalid_request, std::move(message)}; }

Status read_limits(const Arguments& arguments, LimitRule& limits) {
  for (const core::Dimension dimension : kCountedDimensions) {
    GH_TRY(read_count(arguments, core::info(dimension), limits));
  }
  return read_budget(arguments.option("budget"), limits);
}

std::string limits_text(const LimitRule& limits) {
  std::string text;
  const auto add = [&](const std::string& word) { text += (text.empty() ? "" : " ") + word; };
  for (const core::Dimension dimension : kCountedDimensions) {
    const DimensionInfo& row = core::info(dimension);
    if (limits.*row.limit != 0) add(std::string(row.short_name) + " " + std::to_string(limits.*row.limit));
  }
  for (const DimensionInfo& row : core::kDimensions) {
    if (row.is_money() && limits.*row.limit != 0) add(core::dollars(limits.*row.limit).append(row.short_name));
  }
  return text;
}

}  // namespace gatehouse::commands
