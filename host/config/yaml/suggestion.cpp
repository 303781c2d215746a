#include "config/yaml/suggestion.h"

#include <algorithm>
#include <numeric>
#include <vector>

namespace gatehouse::config {
namespace {

constexpr std::size_t kLongestCompared = 64;  // no name of ours is longer

// Levenshtein's: how many letters to add, drop or change.
std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t changed = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, changed});
    }
  }
  return row.back();
}

}  // namespace

std::string suggestion(std::string_view written, std::string_view kind, std::span<const std::string> known) {
  const std::string* nearest = nullptr;
  std::size_t best = written.size() < 4 ? 2 : 3;  // must be below
  std::string all;
  for (const std::string& name : known) {
    all += (all.empty() ? "" : ", ") + name;
    if (written.size() > kLongestCompared || name.size() > kLongestCompared) continue;
    if (const std::size_t d = distance(written, name); d < best) {
      best = d;
      nearest = &name;
    }
  }
  if (nearest != nullptr) return "; did you mean \"" + *nearest + "\"?";
  if (all.empty()) return "";
  return "; known " + std::string(kind) + ": " + all;
}

}  // namespace gatehouse::config
