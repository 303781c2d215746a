#include "handlers/admin/limit_query.h"

#include <simdjson.h>

#include "core/money/limit_match.h"
#include "limits/lines/line.h"

namespace gatehouse::handlers {
namespace {

bool read_match(const std::string& json, core::LimitMatch& match) {
  simdjson::dom::parser parser;
  simdjson::dom::object conditions;
  if (parser.parse(json).get(conditions) != simdjson::SUCCESS) return false;
  for (const auto [name, value] : conditions) {
    const auto of = core::scope_named(name);
    simdjson::dom::array patterns;
    if (!of || value.get(patterns) != simdjson::SUCCESS) return false;
    core::Condition& condition = match.emplace_back(core::Condition{of->first, of->second, {}});
    for (const simdjson::dom::element pattern : patterns) {
      std::string_view text;
      if (pattern.get(text) != simdjson::SUCCESS) return false;
      condition.patterns.emplace_back(text);
    }
  }
  core::put_in_order(match);
  return true;
}

}  // namespace

core::Result<Whose> read_per(const Query& query) {
  if (const auto known = core::scope_named(query.value("per"))) return Whose{known->first, known->second};
  std::string names;
  for (const core::ScopeInfo& row : core::kScopes)
    names.append(names.empty() ? "" : ", ").append(core::name_of(row.scope, "NAME"));
  return unfit_parameter("per", "one of " + names);
}

core::Result<std::string> read_label(const Query& query, const Whose& whose) {
  core::LimitMatch match;
  if (query.given("match") && !read_match(query.value("match"), match))
    return unfit_parameter("match", R"(as /admin/limits shows it, such as {"model":["gpt-5*"]})");
  return limits::label_of_line(whose.scope, whose.tag, match);
}

}  // namespace gatehouse::handlers
