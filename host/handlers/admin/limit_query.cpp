#include "handlers/admin/limit_query.h"

#include "core/money/limit_match.h"

namespace gatehouse::handlers {

core::Result<Whose> read_per(const Query& query) {
  constexpr std::string_view kTag = "tag:";
  const std::string per = query.value("per");
  if (per.size() > kTag.size() && per.starts_with(kTag)) return Whose{core::Scope::tag, per.substr(kTag.size())};
  std::string names;
  for (const core::ScopeInfo& row : core::kScopes) {
    if (row.scope != core::Scope::tag && per == row.name) return Whose{row.scope, {}};
    names.append(names.empty() ? "" : ", ").append(core::name_of(row.scope, "NAME"));
  }
  return unfit_parameter("per", "one of " + names);
}

std::string label_of_line(const Whose& whose, const std::string& match) {
  return (whose.scope == core::Scope::tag ? core::name_of(whose.scope, whose.tag) : std::string()) + match;
}

}  // namespace gatehouse::handlers
