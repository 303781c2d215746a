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

// What accounts of the line that `match` names have behind their spenders' names: JSON as /admin/limits shows it, in
// whatever order, and none for everybody.
core::Result<std::string> read_label(const Query& query, const Whose& whose);

}  // namespace gatehouse::handlers
