// Whose accounts an operator asks for: `per` and `match` of a query. Functions without state; any thread.
#pragma once

#include <string>

#include "core/money/limit_scope.h"
#include "core/status.h"
#include "handlers/routing/query.h"

namespace gatehouse::handlers {

struct Whose {
  core::Scope scope = core::Scope::client;
  std::string tag;  // of Scope::tag: the tag's name
};

// `per=client`, `per=tag:project`.
core::Result<Whose> read_per(const Query& query);

// What accounts of the line have behind their spenders' names; match: as /admin/limits shows it, empty for everybody.
std::string label_of_line(const Whose& whose, const std::string& match);

}  // namespace gatehouse::handlers
