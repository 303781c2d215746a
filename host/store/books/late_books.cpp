#include "store/books/late_books.h"

#include <Poco/Data/RecordSet.h>
#include <Poco/Data/Statement.h>

#include "store/books/books.h"

namespace gatehouse::store {

using namespace Poco::Data::Keywords;
using limits::Balance;

void open_late_books(Database& database) {
  database.run(
      "CREATE TABLE IF NOT EXISTS late_spending (scope TEXT NOT NULL, name TEXT NOT NULL, dimension TEXT NOT NULL, "
      "period INTEGER NOT NULL, most INTEGER NOT NULL, spent INTEGER NOT NULL) STRICT");
}

void write_late(Database& database, std::span<const Balance> differences, std::span<const limits::UsageLine> usage) {
  Transaction transaction(database);
  std::string scope, dimension;
  Balance row;
  Poco::Data::Statement insert(database.session());
  insert << "INSERT INTO late_spending VALUES (?, ?, ?, ?, ?, ?)", use(scope), use(row.name), use(dimension),
      use(row.period), use(row.most), use(row.spent);
  for (const Balance& difference : differences) {
    row = difference;
    scope = core::info(difference.scope).name;
    dimension = core::info(difference.dimension).name;
    insert.execute();
  }
  add_usage(database, usage);
  transaction.commit();
}

std::vector<Balance> take_late(Database& database) {
  std::vector<Balance> differences;
  if (database.number("SELECT count(*) FROM late_spending") == 0) return differences;
  Transaction transaction(database);
  {
    Poco::Data::Statement select(database.session());
    select << "SELECT * FROM late_spending", now;
    const Poco::Data::RecordSet rows(select);
    for (std::size_t row = 0; row < rows.rowCount(); ++row) {
      const auto number = [&](const char* column) { return rows.value(column, row).convert<Poco::Int64>(); };
      const auto word = [&](const char* column) { return rows.value(column, row).convert<std::string>(); };
      Balance difference;
      if (!read_names(word("scope"), word("dimension"), difference)) continue;
      difference.name = word("name");
      difference.period = static_cast<std::int32_t>(number("period"));
      difference.most = number("most");
      difference.spent = number("spent");
      differences.push_back(std::move(difference));
    }
  }
  database.run("DELETE FROM late_spending");
  transaction.commit();
  return differences;
}

}  // namespace gatehouse::store
