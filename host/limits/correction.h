// What an operator mends: spending that should not have counted, such as what one wrong answer of a provider cost.
// Values.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "core/money/limit_rule.h"
#include "core/money/limit_scope.h"

namespace gatehouse::limits {

// Of the present period, or of what has not refilled yet.
struct Correction {
  core::Scope scope = core::Scope::client;
  std::string name;  // the spender's; empty where the scope has one account for all
  core::Dimension dimension = core::Dimension::tokens;
  std::optional<std::int64_t> credit;  // how much is given back, in the dimension's unit; nothing: all that was spent
};

// What came of it; of all gateways together where they share the limit.
struct Corrected {
  std::int64_t given_back = 0;  // never more than was spent
  std::int64_t spent = 0;       // what is left of it
  std::int64_t most = 0;        // the limit
};

}  // namespace gatehouse::limits
