#include "store/database/rows.h"

#include <Poco/Data/SQLite/Utility.h>
#include <sqlite3.h>

namespace gatehouse::store {

using Poco::Data::SQLite::Utility;

Rows::Rows(Database& database, const std::string& sql) {
  sqlite3* const handle = Utility::dbHandle(database.session());
  sqlite3_stmt* statement = nullptr;
  const int result = sqlite3_prepare_v2(handle, sql.c_str(), -1, &statement, nullptr);
  statement_.reset(statement);
  if (result != SQLITE_OK) Utility::throwException(handle, result, sqlite3_errmsg(handle));
}

void Rows::Finalize::operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }

bool Rows::next() {
  const int result = sqlite3_step(statement_.get());
  if (result == SQLITE_ROW) return true;
  if (result == SQLITE_DONE) return false;
  sqlite3* const handle = sqlite3_db_handle(statement_.get());
  Utility::throwException(handle, result, sqlite3_errmsg(handle));
  return false;
}

std::int64_t Rows::number(int column) const { return sqlite3_column_int64(statement_.get(), column); }

std::string_view Rows::text(int column) const {
  const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(statement_.get(), column));
  return {text, static_cast<std::size_t>(sqlite3_column_bytes(statement_.get(), column))};
}

}  // namespace gatehouse::store
