#include "limits/lines/match_index.h"

#include <algorithm>
#include <utility>

namespace gatehouse::limits {
namespace {

constexpr char kNext = '\x1f';             // between the names that are looked for
constexpr std::size_t kExact = 1'000'000;  // narrower than any beginning of a name

}  // namespace

MatchIndex::MatchIndex(const std::vector<const Line*>& lines) {
  for (const Line* line : lines) {
    limited_ |= line->rules.limited();
    for (const core::Combination& combination : core::combinations_of(line->match)) add(combination, *line);
  }
  std::stable_sort(shapes_.begin(), shapes_.end(),
                   [](const Shape& a, const Shape& b) { return a.narrowness > b.narrowness; });
}

void MatchIndex::add(const core::Combination& combination, const Line& line) {
  std::vector<Field> fields;
  std::string names;
  for (const auto& [condition, pattern] : combination) {
    const bool exact = !pattern.ends_with('*');
    const std::string_view name = pattern.substr(0, exact ? pattern.size() : pattern.size() - 1);
    fields.push_back({condition->of, condition->tag, exact, exact ? 0 : name.size()});
    names.append(name).append(1, kNext);
  }
  Shape& shape = shape_of(std::move(fields));
  shape.limited |= line.rules.limited();
  shape.lines[names].push_back(&line);
}

MatchIndex::Shape& MatchIndex::shape_of(std::vector<Field>&& fields) {
  const auto found =
      std::find_if(shapes_.begin(), shapes_.end(), [&](const Shape& shape) { return shape.fields == fields; });
  if (found != shapes_.end()) return *found;
  Shape& shape = shapes_.emplace_back();
  for (const Field& field : fields) shape.narrowness += field.exact ? kExact : 1 + field.length;
  shape.fields = std::move(fields);
  return shape;
}

const MatchIndex::Lines* MatchIndex::find(const Shape& shape, const Subject& subject) {
  if (shape.fields.empty()) return &shape.lines.begin()->second;
  boost::container::small_vector<char, 256> names;
  for (const Field& field : shape.fields) {
    std::string_view name = core::name_of(field.of, field.tag, subject);
    if (name.empty() || name.size() < field.length) return nullptr;
    if (!field.exact) name = name.substr(0, field.length);
    names.insert(names.end(), name.begin(), name.end());
    names.push_back(kNext);
  }
  const auto found = shape.lines.find(std::string_view(names.data(), names.size()));
  return found == shape.lines.end() ? nullptr : &found->second;
}

}  // namespace gatehouse::limits
