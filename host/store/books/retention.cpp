#include "store/books/retention.h"

#include <Poco/Data/Statement.h>

#include <string>

#include "limits/accounts/rule.h"
#include "store/books/books.h"

namespace gatehouse::store {

using namespace Poco::Data::Keywords;

namespace {

constexpr std::size_t kMost = 5'000;  // rows of a kind at a time

// Deletes rows with a smaller value, kMost at most. True: there may be more.
template <class Value>
bool remove(Database& database, const std::string& table, const std::string& key, const std::string& smaller,
            Value than) {
  Poco::Data::Statement statement(database.session());
  statement << "DELETE FROM " + table + " WHERE (" + key + ") IN (SELECT " + key + " FROM " + table + " WHERE " +
                   smaller + " < ? LIMIT " + std::to_string(kMost) + ")",
      use(than);
  return statement.execute() == kMost;
}

}  // namespace

bool put_away(Database& database, const limits::Moment& now, std::int32_t first_day) {
  Transaction transaction(database);
  bool more = remove(database, "usage", "day, client, key, model", "day", first_day);
  more |= remove(database, "usage_by_day", "day, model", "day", first_day);
  more |= remove(database, "corrections", "rowid", "unix_s", std::int64_t{first_day} * 86'400);
  for (const core::DimensionInfo& row : core::kDimensions) {
    const std::string key = "scope, name, dimension, period";
    const std::string those = "dimension = '" + std::string(row.name) + "' AND ";
    // The last period stays: a clock that is set back finds it again.
    more |= row.is_window() ? remove(database, "balances", key, those + "period", limits::earliest_period(row, now) - 1)
                            : remove(database, "balances", key, those + kFullAt, now.unix_ns - kForgotten);
  }
  transaction.commit();
  return more;
}

}  // namespace gatehouse::store
