#include "store/books/period_spending.h"

#include <Poco/Data/RecordSet.h>
#include <Poco/Data/Statement.h>

#include <chrono>

#include "limits/accounts/rule.h"

namespace gatehouse::store {

using namespace Poco::Data::Keywords;
using limits::Balance;

namespace {

std::int32_t first_day(const core::DimensionInfo& row, const limits::Moment& now) {
  if (row.kind == core::LimitKind::day) return now.day();
  const std::chrono::year_month_day date{std::chrono::sys_days(std::chrono::days(now.day()))};
  return now.day() - static_cast<std::int32_t>(static_cast<unsigned>(date.day())) + 1;
}

// The column of the usage that has its names.
std::string column_of(core::Scope scope) {
  return core::info(scope).member == nullptr ? "''" : std::string(core::info(scope).name);
}

}  // namespace

std::vector<PeriodLimit> period_limits(const limits::Ledger& ledger) {
  std::vector<PeriodLimit> limits;
  for (const core::Scope scope : core::kConfiguredScopes) {
    for (const limits::Rule& rule : ledger.rules(scope)) {
      if (rule.info().is_window()) limits.push_back({scope, rule.dimension()});
    }
  }
  return limits;
}

std::vector<Balance> period_spending(Database& database, const PeriodLimit& limit, const limits::Moment& now) {
  const core::DimensionInfo& row = core::info(limit.dimension);
  std::int32_t first = first_day(row, now);
  Poco::Data::Statement select(database.session());
  select << "SELECT " + column_of(limit.scope) + " AS name, sum(" + (row.is_money() ? "nanodollars" : "input + output") +
                ") AS spent FROM usage WHERE day >= ? GROUP BY 1",
      use(first);
  select.execute();
  const Poco::Data::RecordSet rows(select);
  std::vector<Balance> spending;
  for (std::size_t i = 0; i < rows.rowCount(); ++i) {
    spending.push_back({.scope = limit.scope,
                        .name = rows.value("name", i).convert<std::string>(),
                        .dimension = limit.dimension,
                        .period = limits::period_of(row, now),
                        .spent = rows.value("spent", i).convert<Poco::Int64>(),
                        .unix_ns = now.unix_ns});
  }
  return spending;
}

core::Result<std::vector<Balance>> period_spending_of(const std::string& data_dir, std::span<const PeriodLimit> limits,
                                                      const limits::Moment& now) try {
  GH_ASSIGN(const auto database, Database::look(data_dir));
  std::vector<Balance> all;
  for (const PeriodLimit& limit : limits) {
    std::vector<Balance> spending = period_spending(*database, limit, now);
    all.insert(all.end(), spending.begin(), spending.end());
  }
  return all;
} catch (const std::exception& error) {
  return failed("what the present day and month have cost could not be read", error);
}

}  // namespace gatehouse::store
