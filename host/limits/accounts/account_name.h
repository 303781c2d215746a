// What an account is called among those of its scope: the spender's name, and behind it, where the line of `limits` is
// not for everybody, which line. Functions without state; any thread.
#pragma once

#include <string>
#include <string_view>

#include "core/money/limit_scope.h"

namespace gatehouse::limits {

// Stands in no spender's name that is counted as its own: Newcomers sees to that.
inline constexpr char kLabelFollows = '\x1f';

inline std::string account_name(std::string_view spender, std::string_view label) {
  std::string name(spender);
  if (!label.empty()) name.append(1, kLabelFollows).append(label);
  return name;
}

inline std::string_view spender_of(std::string_view account) { return account.substr(0, account.find(kLabelFollows)); }

inline std::string_view label_of(std::string_view account) {
  const std::size_t at = account.find(kLabelFollows);
  return at == std::string_view::npos ? std::string_view() : account.substr(at + 1);
}

// Of a label: whose accounts they are, as `per` says it, and the line's match as JSON, empty where there is none.
inline std::string per_of(core::Scope scope, std::string_view label) {
  return std::string(scope == core::Scope::tag ? label.substr(0, label.find('{')) : core::info(scope).name);
}

inline std::string_view match_of(std::string_view label) {
  const std::size_t at = label.find('{');
  return at == std::string_view::npos ? std::string_view() : label.substr(at);
}

}  // namespace gatehouse::limits
