#include "handlers/admin/limit_query.h"

#include <simdjson.h>

#include <optional>
#include <utility>

#include "core/money/limit_match.h"

namespace gatehouse::handlers {
namespace {

// Nothing: there is no such scope.
std::optional<Whose> whose(std::string_view name) {
  constexpr std::string_view kTag = "tag:";
  if (name.size() > kTag.size() && name.starts_with(kTag))
    return Whose{core::Scope::tag, std::string(name.substr(kTag.size()))};
  for (const core::ScopeInfo& row : core::kScopes) {
    if (row.scope != core::Scope::tag && name == row.name) return Whose{row.scope, {}};
  }
  return std::nullopt;
}

bool read_match(const std::string& json, core::LimitMatch& match) {
  simdjson::dom::parser parser;
  simdjson::dom::object conditions;
  if (parser.parse(json).get(conditions) != simdjson::SUCCESS) return false;
  for (const auto [name, value] : conditions) {
    const std::optional<Whose> of = whose(name);
    simdjson::dom::array patterns;
    if (!of || value.get(patterns) != simdjson::SUCCESS) return false;
    core::Condition& condition = match.emplace_back(core::Condition{of->scope, of->tag, {}});
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
  if (std::optional<Whose> known = whose(query.value("per"))) return *std::move(known);
  std::string names;
  for (const core::ScopeInfo& row : core::kScopes)
    names.append(names.empty() ? "" : ", ").append(core::name_of(row.scope, "NAME"));
  return unfit_parameter("per", "one of " + names);
}

core::Result<std::string> read_label(const Query& query, const Whose& whose) {
  core::LimitMatch match;
  if (query.given("match") && !read_match(query.value("match"), match))
    return unfit_parameter("match", R"(as /admin/limits shows it, such as {"model":["gpt-5*"]})");
  return (whose.scope == core::Scope::tag ? core::name_of(whose.scope, whose.tag) : std::string()) +
         core::text_of(match);
}

}  // namespace gatehouse::handlers
