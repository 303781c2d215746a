#include "limits/lines/line.h"

namespace gatehouse::limits {

std::string label_of_line(Scope scope, std::string_view tag, const core::LimitMatch& match) {
  return (scope == Scope::tag ? core::name_of(scope, tag) : std::string()) + core::text_of(match);
}

std::string described(Scope scope, const Line* line, const Subject& subject) {
  const core::ScopeInfo& row = core::info(scope);
  const std::string_view tag = line != nullptr ? std::string_view(line->tag) : std::string_view();
  const std::string_view name = core::name_of(scope, tag, subject);
  std::string text(name.empty() ? row.nameless : row.described);
  if (scope == Scope::tag) text.append(name.empty() ? " " : "").append(tag).append(name.empty() ? "" : " ");
  text += name;
  if (line == nullptr || scope == Scope::model) return text;
  for (const core::Condition& condition : line->match) {
    if (condition.of == Scope::model) text.append(" and model ").append(subject.model);
  }
  return text;
}

}  // namespace gatehouse::limits
