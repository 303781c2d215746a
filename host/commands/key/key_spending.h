// What a key has spent of its own budgets, as a line of text. Functions without state.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "core/money/limit_rule.h"
#include "store/books/books.h"

namespace gatehouse::commands {

// "spent 13 of 20usd/month, 7 left", for each limit by the calendar of which something is spent in its present period
// (UTC); empty: there is none.
// own: the key's balances under them.
std::string spending_text(const core::LimitRule& limits, std::span<const limits::Balance> own, std::int64_t unix_s);

}  // namespace gatehouse::commands
