#include "config/limits/limit_overlaps.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

namespace gatehouse::config {

using core::Combination;
using core::DimensionInfo;
using core::LimitRule;
using core::Overlap;

namespace {

constexpr std::size_t kMostCombinations = 4'000;  // each is compared with each

using Combinations = std::vector<std::vector<Combination>>;  // of each rule

bool same_accounts(const LimitRule& one, const LimitRule& other) {
  return one.per == other.per && one.tag == other.tag;
}

// Whether a line is for just these requests, and limits the dimension.
bool has_its_own(const Combination& both, const DimensionInfo& row, const LimitRule& like,
                 std::span<const LimitRule> rules, const Combinations& all) {
  for (std::size_t i = 0; i < rules.size(); ++i) {
    if (!same_accounts(rules[i], like) || rules[i].*row.limit == 0) continue;
    for (const Combination& one : all[i]) {
      if (core::overlap_of(one, both) == Overlap::equal) return true;
    }
  }
  return false;
}

// `{ model: gpt-5*, team: research }`
std::string written_as(const Combination& combination) {
  std::string text;
  for (const auto& [condition, pattern] : combination)
    text.append(text.empty() ? "{ " : ", ")
        .append(core::name_of(condition->of, condition->tag))
        .append(": ")
        .append(pattern);
  return text + " }";
}

struct Pair {
  std::size_t earlier, later;
};

// Empty: it is clear which of both decides. line: where the earlier one stands.
std::string unclear(const Pair& pair, const std::string& line, const DimensionInfo& row,
                    std::span<const LimitRule> rules, const Combinations& all) {
  for (const Combination& one : all[pair.later]) {
    for (const Combination& other : all[pair.earlier]) {
      const Overlap overlap = core::overlap_of(one, other);
      if (overlap == Overlap::equal) {
        return "is limited per " + core::name_of(rules[pair.later].per, rules[pair.later].tag) + " already" +
               (one.empty() ? "" : " for " + written_as(one) + ", by " + line) + "; keep one of the two";
      }
      if (overlap != Overlap::crossing) continue;
      const Combination both = core::both_of(one, other);
      if (!has_its_own(both, row, rules[pair.later], rules, all)) {
        return "is limited by " + line +
               " too for some requests, and neither match lies within the other: add a line with " +
               "`match: " + written_as(both) + "` that says what holds for both";
      }
    }
  }
  return "";
}

void check(const Pair& pair, std::span<const Section> written, std::span<const LimitRule> rules,
           const Combinations& all) {
  const LimitRule& earlier = rules[pair.earlier];
  const LimitRule& later = rules[pair.later];
  if (!same_accounts(earlier, later)) return;
  for (const DimensionInfo& row : core::kDimensions) {
    if (earlier.*row.limit == 0 || later.*row.limit == 0) continue;
    const Node* const node = written[pair.later].find(std::string(row.name));
    const std::string why = unclear(pair, written[pair.earlier].node().path(), row, rules, all);
    if (node != nullptr && !why.empty()) node->fail(why);
  }
}

}  // namespace

void check_overlaps(std::span<const Section> written, std::span<const LimitRule> rules) {
  Combinations all;
  std::size_t count = 0;
  for (std::size_t i = 0; i < rules.size(); ++i) {
    count += core::count_combinations(rules[i].match);
    if (count > kMostCombinations) {
      written[i].node().fail("and the lines before it match more than " + std::to_string(kMostCombinations) +
                             " combinations of names; use patterns such as gpt-5*");
      return;
    }
    all.push_back(core::combinations_of(rules[i].match));
  }
  for (std::size_t later = 1; later < rules.size(); ++later) {
    for (std::size_t earlier = 0; earlier < later; ++earlier) check({earlier, later}, written, rules, all);
  }
}

}  // namespace gatehouse::config
