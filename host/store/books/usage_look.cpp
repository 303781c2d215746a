#include "store/books/usage_look.h"

#include <Poco/Data/RecordSet.h>
#include <Poco/Data/Statement.h>

namespace gatehouse::store {

using namespace Poco::Data::Keywords;
using limits::UsageLine;

std::vector<UsageLine> look_at_usage(Database& database, const std::string& sql, UsageLook& look) {
  Poco::Data::Statement select(database.session());
  // SQLite knows only as many parameters as a statement names, and all ten are bound.
  select << "WITH RECURSIVE given AS (SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10) " + sql, use(look.first),
      use(look.last), use(look.client), use(look.key), use(look.model), use(look.only_client), use(look.only_key),
      use(look.only_model), use(look.up_to), use(look.rows);
  select.execute();
  const Poco::Data::RecordSet rows(select);
  std::vector<UsageLine> lines;
  for (std::size_t row = 0; row < rows.rowCount(); ++row) {
    const auto number = [&](std::size_t column) { return rows.value(column, row).convert<Poco::Int64>(); };
    const auto word = [&](std::size_t column) { return rows.value(column, row).convert<std::string>(); };
    lines.push_back({static_cast<std::int32_t>(number(0)), word(1), word(2), word(3), number(4), number(5), number(6),
                     number(7), number(8), number(9)});
  }
  return lines;
}

}  // namespace gatehouse::store
