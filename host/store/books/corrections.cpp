#include "store/books/corrections.h"

#include <Poco/Data/RecordSet.h>
#include <Poco/Data/Statement.h>

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
  Poco::Data::Statement select(database->session());
  select << "SELECT * FROM corrections ORDER BY unix_s DESC, rowid DESC LIMIT ?", use(most);
  select.execute();
  const Poco::Data::RecordSet rows(select);
  std::vector<CorrectionLine> lines;
  for (std::size_t row = 0; row < rows.rowCount(); ++row) {
    const auto number = [&](const char* column) { return rows.value(column, row).convert<Poco::Int64>(); };
    const auto word = [&](const char* column) { return rows.value(column, row).convert<std::string>(); };
    lines.push_back(
        {number("unix_s"), word("scope"), word("name"), word("dimension"), number("amount"), word("reason")});
  }
  return lines;
} catch (const std::exception& error) {
  return failed("the corrections could not be read", error);
}

}  // namespace gatehouse::store
