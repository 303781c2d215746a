#include "store/books/books.h"

#include <Poco/Data/Statement.h>

#include <algorithm>
#include <map>
#include <span>
#include <string_view>
#include <utility>

#include "limits/accounts/rule.h"
#include "store/database/rows.h"

namespace gatehouse::store {

using namespace Poco::Data::Keywords;
using limits::Balance;
using limits::UsageLine;

namespace {

// The row with this name; nullptr: it was written by another version.
template <class Row>
const Row* named(std::span<const Row> rows, std::string_view name) {
  const auto found = std::find_if(rows.begin(), rows.end(), [&](const Row& row) { return row.name == name; });
  return found == rows.end() ? nullptr : &*found;
}

// The statement is prepared once, and bound to `row`; each balance is copied there and written.
void write(Database& database, std::span<const Balance> balances) {
  std::string scope, dimension;
  Balance row;
  Poco::Data::Statement insert(database.session());
  insert << "INSERT INTO balances VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET "
            "most = excluded.most, spent = excluded.spent, unix_ns = excluded.unix_ns",
      use(scope), use(row.name), use(dimension), use(row.period), use(row.most), use(row.spent), use(row.unix_ns);
  for (const Balance& balance : balances) {
    row = balance;
    scope = core::info(balance.scope).name;
    dimension = core::info(balance.dimension).name;
    insert.execute();
  }
}

}  // namespace

namespace {

constexpr const char* kAmounts =
    " ON CONFLICT DO UPDATE SET requests = requests + excluded.requests, input = input + excluded.input, "
    "output = output + excluded.output, cached = cached + excluded.cached, reasoning = reasoning + excluded.reasoning, "
    "nanodollars = nanodollars + excluded.nanodollars";

void add_usage_by_day(Database& database, std::span<const UsageLine> lines) {
  std::map<std::pair<std::int32_t, std::string>, UsageLine> sums;
  for (const UsageLine& line : lines) sums[{line.day, line.model}] += line;
  for (auto& [name, sum] : sums) {
    auto [day, model] = name;
    database.session() << std::string("INSERT INTO usage_by_day VALUES (?, ?, ?, ?, ?, ?, ?, ?)") + kAmounts, use(day),
        use(model), use(sum.requests), use(sum.input), use(sum.output), use(sum.cached), use(sum.reasoning),
        use(sum.nanodollars), now;
  }
}

}  // namespace

void add_usage(Database& database, std::span<const UsageLine> lines) {
  UsageLine row;
  Poco::Data::Statement insert(database.session());
  insert << std::string("INSERT INTO usage VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)") + kAmounts, use(row.day),
      use(row.client), use(row.key), use(row.model), use(row.requests), use(row.input), use(row.output), use(row.cached),
      use(row.reasoning), use(row.nanodollars);
  for (const UsageLine& line : lines) {
    row = line;
    insert.execute();
  }
  add_usage_by_day(database, lines);
}

bool read_names(std::string_view scope, std::string_view dimension, Balance& balance) {
  const auto* of_scope = named<core::ScopeInfo>(core::kScopes, scope);
  const auto* of_dimension = named<core::DimensionInfo>(core::kDimensions, dimension);
  if (of_scope == nullptr || of_dimension == nullptr) return false;
  balance.scope = of_scope->scope;
  balance.dimension = of_dimension->dimension;
  return true;
}

namespace {

// Which rows matter: of windows those whose period is not over, of buckets those that still remember something.
std::string matters(std::int64_t unix_ns) {
  const limits::Moment now{.unix_ns = unix_ns};
  std::string sql = "(period = 0 AND " + std::string(kFullAt) + " > " + std::to_string(unix_ns - kForgotten) + ")";
  for (const core::DimensionInfo& row : core::kDimensions) {
    if (!row.is_window()) continue;
    sql += " OR (period >= max(1, " + std::to_string(limits::earliest_period(row, now)) + ") AND dimension = '" +
           std::string(row.name) + "')";
  }
  return sql;
}

}  // namespace

std::vector<Balance> read_balances(Database& database, std::int64_t unix_ns) {
  Rows rows(database, "SELECT scope, dimension, name, period, most, spent, unix_ns FROM balances WHERE " +
                          matters(unix_ns));
  std::vector<Balance> balances;
  while (rows.next()) {
    Balance balance;
    if (!read_names(rows.text(0), rows.text(1), balance)) continue;
    balance.name = rows.text(2);
    balance.period = static_cast<std::int32_t>(rows.number(3));
    balance.most = rows.number(4);
    balance.spent = rows.number(5);
    balance.unix_ns = rows.number(6);
    balances.push_back(std::move(balance));
  }
  return balances;
}

void write_books(Database& database, std::span<const Balance> balances, std::span<const UsageLine> usage) {
  Transaction transaction(database);
  write(database, balances);
  add_usage(database, usage);
  transaction.commit();
}

}  // namespace gatehouse::store
