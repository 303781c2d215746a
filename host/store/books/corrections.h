// What operators have given back, and why: a line for each, kept as long as usage is. Functions on a connection, for
// its thread.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "core/status.h"
#include "store/database/database.h"

namespace gatehouse::store {

struct CorrectionLine {
  std::int64_t unix_s = 0;
  std::string scope;  // as ScopeInfo names it
  std::string name;
  std::string dimension;    // as DimensionInfo names it
  std::int64_t amount = 0;  // that was given back, in the dimension's unit
  std::string reason;
};

// One transaction. Throws Poco::Exception.
void write_corrections(Database& database, std::span<const CorrectionLine> lines);

// The latest, the last one first; on a connection of its own, any thread.
core::Result<std::vector<CorrectionLine>> latest_corrections(const std::string& data_dir, std::int64_t most);

}  // namespace gatehouse::store
