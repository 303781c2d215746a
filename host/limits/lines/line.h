// One line of `limits`, or several that are for the same requests: for whom, and what is in force. A value; whoever
// reads its rules holds off those who replace them (Ledger).
#pragma once

#include <string>
#include <string_view>

#include "core/money/limit_match.h"
#include "limits/accounts/account_name.h"
#include "limits/accounts/rules.h"

namespace gatehouse::limits {

struct Line {
  Scope scope = Scope::client;
  std::string tag;         // of Scope::tag: the tag's name
  core::LimitMatch match;  // empty: for everybody
  std::string label;       // what its accounts have behind their spenders' names
  Rules rules;             // this gateway's part; empty: lifted
  Rules whole;             // what all gateways together may spend
};

// A line that decides for a request, and in what.
struct Applied {
  Scope scope = Scope::client;
  const Line* line = nullptr;  // nullptr: the limits that the key brings with it
  DimensionSet decides;        // none of which a line with a narrower match decides
  std::string_view spender;
};

inline std::string account_name(const Applied& one) {
  return account_name(one.spender, one.line != nullptr ? std::string_view(one.line->label) : std::string_view());
}

std::string label_of_line(Scope scope, std::string_view tag, const core::LimitMatch& match);

// "client_id dev-1 and model gpt-5": whose limit it is, as its caller is told. line: nullptr: the key's own.
std::string described(Scope scope, const Line* line, const Subject& subject);

}  // namespace gatehouse::limits
