#include "core/money/limit_match.h"

#include <algorithm>
#include <tuple>

#include "core/text/json_writer.h"

namespace gatehouse::core {
namespace {

bool is_open(std::string_view pattern) { return pattern.ends_with('*'); }

bool before(const Condition& one, const Condition& other) {
  return std::tie(one.of, one.tag) < std::tie(other.of, other.tag);
}

// Calls visit(pattern, other) for each condition of either; the one that has it not gives an empty pattern, for any.
template <class Visit>
void side_by_side(const Combination& one, const Combination& other, const Visit& visit) {
  auto a = one.begin(), b = other.begin();
  while (a != one.end() || b != other.end()) {
    const bool first = b == other.end() || (a != one.end() && !before(*b->first, *a->first));
    const bool second = a == one.end() || (b != other.end() && !before(*a->first, *b->first));
    visit(first ? &*a : nullptr, second ? &*b : nullptr);
    a += first ? 1 : 0;
    b += second ? 1 : 0;
  }
}

}  // namespace

std::size_t count_combinations(const LimitMatch& match) {
  std::size_t count = 1;
  for (const Condition& condition : match) {
    count *= condition.patterns.size();
    if (count >> 32 != 0) return std::size_t{1} << 32;
  }
  return count;
}

std::vector<Combination> combinations_of(const LimitMatch& match) {
  std::vector<Combination> all(1);
  for (const Condition& condition : match) {
    std::vector<Combination> longer;
    for (const Combination& begun : all) {
      for (const std::string& pattern : condition.patterns) {
        longer.push_back(begun);
        longer.back().emplace_back(&condition, pattern);
      }
    }
    all = std::move(longer);
  }
  return all;
}

bool within(std::string_view pattern, std::string_view other) {
  if (!is_open(other)) return pattern == other;
  other.remove_suffix(1);
  if (is_open(pattern)) pattern.remove_suffix(1);
  return pattern.starts_with(other);
}

Overlap overlap_of(const Combination& one, const Combination& other) {
  bool inside = true, around = true, apart = false;
  side_by_side(one, other, [&](const auto* a, const auto* b) {
    const bool narrower = b == nullptr || (a != nullptr && within(a->second, b->second));
    const bool wider = a == nullptr || (b != nullptr && within(b->second, a->second));
    inside &= narrower;
    around &= wider;
    apart |= !narrower && !wider;
  });
  if (apart) return Overlap::none;
  if (inside && around) return Overlap::equal;
  return inside ? Overlap::within : around ? Overlap::around : Overlap::crossing;
}

Combination both_of(const Combination& one, const Combination& other) {
  Combination both;
  side_by_side(one, other, [&](const auto* a, const auto* b) {
    both.push_back(b == nullptr || (a != nullptr && within(a->second, b->second)) ? *a : *b);
  });
  return both;
}

void put_in_order(LimitMatch& match) {
  std::sort(match.begin(), match.end(), before);
  for (Condition& condition : match) {
    std::sort(condition.patterns.begin(), condition.patterns.end());
    condition.patterns.erase(std::unique(condition.patterns.begin(), condition.patterns.end()),
                             condition.patterns.end());
  }
}

std::string name_of(Scope scope, std::string_view tag) {
  std::string name(info(scope).name);
  if (scope == Scope::tag) name.append(":").append(tag);
  return name;
}

std::optional<std::pair<Scope, std::string>> scope_named(std::string_view name) {
  constexpr std::string_view kTag = "tag:";
  if (name.size() > kTag.size() && name.starts_with(kTag))
    return std::pair(Scope::tag, std::string(name.substr(kTag.size())));
  for (const ScopeInfo& row : kScopes) {
    if (row.scope != Scope::tag && name == row.name) return std::pair(row.scope, std::string());
  }
  return std::nullopt;
}

std::string text_of(const LimitMatch& match) {
  std::string text;
  if (match.empty()) return text;
  JsonObject json(text);
  for (const Condition& condition : match) {
    JsonArray patterns(json.key(name_of(condition.of, condition.tag)));
    for (const std::string& pattern : condition.patterns) patterns.add(pattern);
  }
  json.close();
  return text;
}

}  // namespace gatehouse::core
