// The scopes of limits: whose spending is counted together. Plain values.
//
// A new scope is a name in Scope and a row of kScopes, in this file, and a field of Subject that whoever opens a
// reservation fills in. Configuration, books, reports, Redis and messages read the table.
//
// Tags are names and values that a caller gives a request; there are as many of them as `limits` speak of.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <iterator>
#include <span>
#include <string_view>

namespace gatehouse::core {

struct LimitRule;

// In the order in which a reservation asks them: first those that are most often short.
enum class Scope : std::uint8_t { client, key, own, team, model, tag, global, provider };

struct Tag {
  std::string_view name, value;
};

// Who spends. Views, for the time of a call.
struct Subject {
  std::string_view client;
  std::string_view key;            // the credential's id, never the credential; empty: none was shown
  std::string_view model;          // the alias
  const LimitRule* own = nullptr;  // the key's own limits; nullptr: none
  bool vouched = true;             // a key of ours says who it is; else client and key may be anything
  std::string_view team = {};      // of the key; empty: none
  std::span<const Tag> tags = {};  // those that `limits` speak of
  // Whom an attempt asks; the limits of providers alone apply to it. Empty: it is not known yet, and they do not apply.
  std::string_view provider = {};
};

struct ScopeInfo {
  Scope scope;
  std::string_view name;              // in YAML, balances, Redis' keys and reports
  bool configured;                    // a line of `limits` may name it; else its limits come with the key
  std::string_view Subject::*member;  // whose account it is; nullptr: that of a tag, or one account for all
  std::string_view described;         // stands before the name in messages
  std::string_view nameless;          // stands in messages where the name is empty
};

// Their order is Scope's; it is also the order of "must be one of ..." and of /admin/limits.
inline constexpr ScopeInfo kScopes[] = {
    {Scope::client, "client", true, &Subject::client, "client_id ", "callers without a client_id"},
    {Scope::key, "key", true, &Subject::key, "key ", "callers without a key"},
    {Scope::own, "own", false, &Subject::key, "key ", "callers without a key"},
    {Scope::team, "team", true, &Subject::team, "team ", "callers without a team"},
    {Scope::model, "model", true, &Subject::model, "model ", "requests without a model"},
    {Scope::tag, "tag", true, nullptr, "tag ", "requests without the tag"},
    {Scope::global, "global", true, nullptr, "", "all callers together"},
    {Scope::provider, "provider", true, &Subject::provider, "provider ", "no provider"},
};
constexpr std::size_t kScopeCount = std::size(kScopes);

constexpr const ScopeInfo& info(Scope scope) { return kScopes[static_cast<std::size_t>(scope)]; }

// `tag`: of Scope::tag, the tag's name.
constexpr std::string_view name_of(Scope scope, std::string_view tag, const Subject& subject) {
  if (const auto member = info(scope).member) return subject.*member;
  if (scope != Scope::tag) return {};
  const auto found =
      std::find_if(subject.tags.begin(), subject.tags.end(), [&](const Tag& one) { return one.name == tag; });
  return found == subject.tags.end() ? std::string_view() : found->value;
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
