// One look at who used what: a statement whose rows are lines, bound to numbered parameters. For the connection's
// thread; throws Poco::Exception.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "limits/usage_book.h"
#include "store/database/database.h"

namespace gatehouse::store {

// What a statement may name, as ?1 to ?10.
struct UsageLook {
  std::int32_t first = 0, last = 0;               // ?1 ?2: days
  std::string client, key, model;                 // ?3 ?4 ?5: the place to go on after
  std::string only_client, only_key, only_model;  // ?6 ?7 ?8
  std::string up_to;                              // ?9: a client
  std::int64_t rows = 0;                          // ?10
};

// `sql` follows a WITH clause, and selects day, client, key, model and the six amounts.
std::vector<limits::UsageLine> look_at_usage(Database& database, const std::string& sql, UsageLook& look);

}  // namespace gatehouse::store
