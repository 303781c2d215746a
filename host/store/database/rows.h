// The rows of a query, one after the other, as SQLite has them: for what is read by the million, in half of the time
// that Poco takes. For the connection's thread; throws Poco::Exception.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "store/database/database.h"

struct sqlite3_stmt;

namespace gatehouse::store {

class Rows {
 public:
  // REQUIRES: the database outlives the rows, and nothing is written to it meanwhile.
  Rows(Database& database, const std::string& sql);

  bool next();  // to the first row, then to the next one; false: there are no more
  std::int64_t number(int column) const;
  std::string_view text(int column) const;  // until next()

 private:
  struct Finalize {
    void operator()(sqlite3_stmt* statement) const;
  };

  std::unique_ptr<sqlite3_stmt, Finalize> statement_;
};

}  // namespace gatehouse::store
