// The scopes of limits: whose spending is counted together. Plain values.
//
// A new scope is a name in Scope and a row of kScopes, in this file, and a field of Subject that whoever opens a
// reservation fills in. Configuration, books, reports, Redis and messages read the table.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <iterator>
#include <string_view>

namespace gatehouse::core {

struct LimitRule;

// In the order in which a reservation asks them: first those that are most often short.
enum class Scope : std::uint8_t { client, key, own, model, global };

// Who spends. Views, for the time of a call.
struct Subject {
  std::string_view client;
  std::string_view key;            // the credential's id, never the credential; empty: none was shown
  std::string_view model;          // the alias
  const LimitRule* own = nullptr;  // the key's own limits; nullptr: none
  bool vouched = true;             // a key of ours says who it is; else client and key may be anything
};

struct ScopeInfo {
  Scope scope;
  std::string_view name;              // in YAML, balances, Redis' keys and reports
  bool configured;                    // a line of `limits` may name it; else its limits come with the key
  std::string_view Subject::*member;  // whose account it is; nullptr: there is one account for all
  std::string_view described;         // stands before the name in messages
  std::string_view nameless;          // stands in messages where the name is empty
};

// Their order is Scope's; it is also the order of "must be one of ..." and of /admin/limits.
inline constexpr ScopeInfo kScopes[] = {
    {Scope::client, "client", true, &Subject::client, "client_id ", "callers without a client_id"},
    {Scope::key, "key", true, &Subject::key, "key ", "callers without a key"},
    {Scope::own, "own", false, &Subject::key, "key ", "callers without a key"},
    {Scope::model, "model", true, &Subject::model, "model ", "requests without a model"},
    {Scope::global, "global", true, nullptr, "", "all callers together"},
};
constexpr std::size_t kScopeCount = std::size(kScopes);

constexpr const ScopeInfo& info(Scope scope) { return kScopes[static_cast<std::size_t>(scope)]; }

constexpr std::string_view name_of(Scope scope, const Subject& subject) {
  const auto member = info(scope).member;
  return member != nullptr ? subject.*member : std::string_view();
}

// Those that a line of `limits` may name.
inline constexpr auto kConfiguredScopes = [] {
  constexpr auto configured = [](const ScopeInfo& row) { return row.configured; };
  std::array<Scope, std::count_if(std::begin(kScopes), std::end(kScopes), configured)> scopes{};
  auto next = scopes.begin();
  for (const ScopeInfo& row : kScopes) {
    if (row.configured) *next++ = row.scope;
  }
  return scopes;
}();

static_assert(
    [] {
      for (std::size_t i = 0; i < kScopeCount; ++i) {
        if (kScopes[i].scope != static_cast<Scope>(i)) return false;
      }
      return true;
    }(),
    "info() finds a scope's row by its number");
static_assert(Scope::key < Scope::own, "a key's own limits stand in for those of every key; both are asked together");

}  // namespace gatehouse::core
