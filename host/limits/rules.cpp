#include "limits/rules.h"

#include <algorithm>

namespace gatehouse::limits {
namespace {

using core::LimitPer;
using core::LimitRule;

struct Source {
  Dimension dimension;
  std::int64_t LimitRule::*field;
};

// Concurrency first: it is the cheapest to give back.
constexpr Source kSources[] = {{Dimension::concurrent, &LimitRule::concurrent},
                               {Dimension::requests, &LimitRule::requests_per_minute},
                               {Dimension::tokens, &LimitRule::tokens_per_minute}};

// 0: not limited.
std::int64_t strictest(std::span<const LimitRule> written, LimitPer per, std::int64_t LimitRule::*field) {
  std::int64_t most = 0;
  for (const LimitRule& rule : written) {
    if (rule.per != per || rule.*field <= 0) continue;
    most = most == 0 ? rule.*field : std::min(most, rule.*field);
  }
  return most;
}

// A bucket counts in ticks of its own rate, so another limit needs buckets of its own; what was
// spent under the old one is charged to them.
std::shared_ptr<Table> carried_over(const Rule& old, std::int64_t most, std::int64_t now, std::size_t max_subjects) {
  auto table = std::make_shared<Table>(max_subjects);
  const Rate rate(most);
  old.table()->for_each([&](const std::string& name, const Cell& cell) {
    const std::int64_t spent = old.most() - cell.bucket.remaining(old.rate(), now);
    if (spent <= 0) return;
    Cell* carried = table->pin(name, [](const Cell&) { return false; });
    if (carried == nullptr) return;  // no more room than the old table had: cannot happen
    carried->bucket.charge(rate, spent, now);
    Table::unpin(*carried);
  });
  return table;
}

std::shared_ptr<Table> table_for(LimitPer per, Dimension dimension, std::int64_t most, const Rules& before,
                                 std::size_t max_subjects) {
  const auto old = std::find_if(before.rules.begin(), before.rules.end(),
                                [&](const Rule& rule) { return rule.per() == per && rule.dimension() == dimension; });
  if (old == before.rules.end()) return std::make_shared<Table>(max_subjects);
  if (dimension == Dimension::concurrent || old->most() == most) return old->table();
  return carried_over(*old, most, before.clock(), max_subjects);
}

}  // namespace

std::shared_ptr<const Rules> make_rules(std::span<const LimitRule> written, const Rules& before,
                                        std::size_t max_subjects) {
  auto made = std::make_shared<Rules>();
  made->clock = before.clock;
  for (const LimitPer per : {LimitPer::client, LimitPer::key, LimitPer::model, LimitPer::global}) {
    for (const auto& [dimension, field] : kSources) {
      const std::int64_t most = strictest(written, per, field);
      if (most == 0) continue;
      made->rules.emplace_back(per, dimension, most, table_for(per, dimension, most, before, max_subjects));
    }
  }
  return made;
}

}  // namespace gatehouse::limits
