#include "commands/key/key_spending.h"

#include <algorithm>

#include "limits/accounts/rule.h"

namespace gatehouse::commands {

std::string spending_text(const core::LimitRule& limits, std::span<const limits::Balance> own, std::int64_t unix_s) {
  std::string text;
  for (const core::DimensionInfo& row : core::kDimensions) {
    const std::int64_t most = limits.*row.limit;
    if (most == 0 || !row.is_window()) continue;
    std::int64_t spent = 0;
    for (const limits::Balance& one : own) {
      if (one.dimension == row.dimension && one.period == core::period_of(row.span, unix_s, 0).number)
        spent = one.spent;
    }
    if (spent <= 0) continue;
    const std::string unit = row.is_money() ? std::string(row.short_name) : " " + std::string(row.short_name);
    text += (text.empty() ? "spent " : "; ") + limits::amount_text(row, spent) + " of " +
            limits::amount_text(row, most) + unit + ", " +
            limits::amount_text(row, std::max<std::int64_t>(most - spent, 0)) + " left";
  }
  return text;
}

}  // namespace gatehouse::commands
