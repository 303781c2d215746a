#include "limits/lines/book.h"

#include <algorithm>
#include <utility>

namespace gatehouse::limits {
namespace {

// A bucket counts in ticks of its rate. When the rate changes, its spending is converted.
bool converts(const Rule& before, const Rules& after) {
  const Rule* const now = after.find(before.dimension());
  return is_bucket(before.info()) && (now == nullptr || now->most() != before.most());
}

void convert(Account& account, const Rules& before, const Rules& after, const Moment& now) {
  for (const Rule& rule : before) {
    if (!converts(rule, after)) continue;
    Bucket& bucket = *account.bucket(rule.info());
    const std::int64_t spent = rule.spent(account, now);
    bucket.clear();
    if (const Rule* next = after.find(rule.dimension())) bucket.charge(next->rate(), spent, now.steady);
  }
}

}  // namespace

const Line* Book::line_labelled(std::string_view label) const {
  const auto found = lines_.find(label);
  return found == lines_.end() ? nullptr : found->second.get();
}

std::vector<const Line*> Book::lines() const {
  std::vector<const Line*> in_force;
  for (const auto& [label, line] : lines_) {
    if (!line->rules.empty()) in_force.push_back(line.get());
  }
  return in_force;
}

void Book::set_rules(std::span<const core::LimitRule> rules, std::int64_t gateways, const Moment& now) {
  std::map<std::string, std::vector<core::LimitRule>, std::less<>> written;
  for (const core::LimitRule& rule : rules) {
    if (rule.per != scope_) continue;
    std::string label = label_of_line(scope_, rule.tag, rule.match);
    auto& line = lines_[label];
    if (line == nullptr) line = std::make_unique<Line>(Line{scope_, rule.tag, rule.match, label, {}, {}});
    written[std::move(label)].push_back(rule);
  }
  std::map<const Line*, Change> changes;
  for (auto& [label, line] : lines_) {
    line->whole = Rules(written[label]);
    Rules after = line->whole.part(gateways);
    const auto changed = [&](const Rule& rule) { return converts(rule, after); };
    if (std::any_of(line->rules.begin(), line->rules.end(), changed)) changes[line.get()] = {line->rules, after};
    line->rules = after;
  }
  convert(changes, now);
  group();
}

void Book::convert(const std::map<const Line*, Change>& changes, const Moment& now) {
  if (changes.empty()) return;
  table_.for_each([&](Table::Entry& entry) {
    const auto change = changes.find(line_of(entry.first));
    if (change != changes.end()) limits::convert(entry.second, change->second.before, change->second.after, now);
  });
}

void Book::group() {
  std::map<std::string_view, std::vector<const Line*>> by_tag;
  for (const Line* line : lines()) by_tag[line->tag].push_back(line);
  groups_.clear();
  for (const auto& [tag, lines] : by_tag) groups_.push_back({std::string(tag), MatchIndex(lines)});
}

void Book::forget_past_hours(Table::Entry& entry, const Moment& now) const {
  for (const DimensionInfo& row : core::kDimensions) {
    Window* const window = entry.second.window(row);
    if (window == nullptr || row.span != core::Span::hour || window->empty()) continue;
    const Line* const line = line_of(entry.first);
    const Rule* const rule = line != nullptr ? line->rules.find(row.dimension) : nullptr;
    window->forget_before((rule != nullptr ? *rule : Rule(row.dimension, 1)).present(now).number);
  }
}

bool Book::idle(const Table::Entry& entry, const Moment& now) const {
  if (scope_ == Scope::own) return false;
  const Line* const line = line_of(entry.first);
  if (line == nullptr) return true;
  return std::all_of(line->rules.begin(), line->rules.end(), [&](const Rule& rule) {
    const core::Quota quota = rule.quota(entry.second, now);
    return quota.remaining == rule.most() && (rule.info().is_window() || quota.reset == std::chrono::nanoseconds(0));
  });
}

}  // namespace gatehouse::limits
