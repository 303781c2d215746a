// For whom a line of `limits` is, where it is not for everybody: conditions on who asks, and for what. Values.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/money/limit_scope.h"

namespace gatehouse::core {

// A name of this scope is one of these, or begins as one that ends in '*'. An empty name never is.
struct Condition {
  Scope of = Scope::client;
  std::string tag;                    // of Scope::tag: the tag's name
  std::vector<std::string> patterns;  // at least one

  bool operator==(const Condition&) const = default;
};

// All of them must hold. At most one for each scope, and for each tag; in the order of scopes and tags.
using LimitMatch = std::vector<Condition>;

// One pattern for each condition of a match, in its order: a match stands for all such combinations. Views into it.
using Combination = std::vector<std::pair<const Condition*, std::string_view>>;
std::vector<Combination> combinations_of(const LimitMatch& match);
std::size_t count_combinations(const LimitMatch& match);  // without making them; cut at 2^32

// Whether all names that the first pattern fits are fitted by the second too.
bool within(std::string_view pattern, std::string_view other);

// How the requests that two combinations are for lie to each other.
enum class Overlap : std::uint8_t { none, equal, within, around, crossing };
Overlap overlap_of(const Combination& one, const Combination& other);
// The requests that both are for. REQUIRES: they overlap.
Combination both_of(const Combination& one, const Combination& other);

// Puts conditions and patterns into the one order that texts and indexes rely on; of equal patterns one stays.
void put_in_order(LimitMatch& match);

// `{"team":["research"],"model":["gpt-5*"]}`, empty for an empty match: what tells the accounts of a line from those of
// others, and as reports show it.
std::string text_of(const LimitMatch& match);
// The condition's name in YAML and in texts: "team", "tag:NAME".
std::string name_of(Scope scope, std::string_view tag);
// The scope of that name, and of "tag:NAME" the tag's; nothing: there is none.
std::optional<std::pair<Scope, std::string>> scope_named(std::string_view name);

}  // namespace gatehouse::core
