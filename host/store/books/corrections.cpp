#include "store/books/corrections.h"

#include <Poco/Data/Statement.h>

#include "store/database/rows.h"

namespace gatehouse::store {

using namespace Poco::Data::Keywords;

void write_corrections(Database& database, std::span<const CorrectionLine> lines) {
  Transaction transaction(database);
  CorrectionLine row;
  Poco::Data::Statement insert(database.session());
  insert << "INSERT INTO corrections VALUES (?, ?, ?, ?, ?, ?)", use(row.unix_s), use(row.scope), use(row.name),
      use(row.dimension), use(row.amount), use(row.reason);
  for (const CorrectionLine& line : lines) {
    row = line;
    insert.execute();
  }
  transaction.commit();
}

core::Result<std::vector<CorrectionLine>> latest_corrections(const std::string& data_dir, std::int64_t most) try {
  GH_ASSIGN(const auto database, Database::look(data_dir));
  Rows rows(*database, "SELECT unix_s, scope, name, dimension, amount, reason FROM corrections "
                       "ORDER BY unix_s DESC, rowid DESC LIMIT " + std::to_string(most));
  std::vector<CorrectionLine> lines;
  while (rows.next()) {
    lines.push_back({rows.number(0), std::string(rows.text(1)), std::string(rows.text(2)), std::string(rows.text(3)),
                     rows.number(4), std::string(rows.text(5))});
  }
  return lines;
} catch (const std::exception& error) {
  return failed("the corrections could not be read", error);
}

}  // namespace gatehouse::store
