#include "store/books/period_spending.h"

#include <Poco/Data/RecordSet.h>
#include <Poco/Data/Statement.h>

#include <limits>

#include "limits/accounts/rule.h"

namespace gatehouse::store {

using namespace Poco::Data::Keywords;
using limits::Balance;

namespace {

// The first whole day of the present period, by UTC.
std::int32_t first_day(const limits::Rule& rule, const limits::Moment& now) {
  const std::int32_t today = now.day();
  const core::Period present = rule.present(now);
  if (present.ends == std::numeric_limits<std::int64_t>::max()) return 0;
  std::int32_t first = today;
  const auto begins_later = [&](std::int32_t day) {
    const limits::Moment then{0, std::int64_t{day} * 86'400'000'000'000};
    return rule.present(then).number != present.number;
  };
  while (!begins_later(first - 1)) --first;
  return first;
}

// What the usage counts it in.
std::string counted(const core::DimensionInfo& row) {
  switch (row.unit) {
    case core::LimitUnit::requests: return "requests";
    case core::LimitUnit::tokens: return "input + output";
    case core::LimitUnit::money: return "nanodollars";
  }
  return "0";
}

// The column of the usage that has its names.
std::string column_of(core::Scope scope) {
  return core::info(scope).member == nullptr ? "''" : std::string(core::info(scope).name);
}

std::string table_of(core::Scope scope) {
  return scope == core::Scope::model || scope == core::Scope::global ? "usage_by_day" : "usage";
}

}  // namespace

std::vector<PeriodLimit> period_limits(const limits::Ledger& ledger) {
  std::vector<PeriodLimit> limits;
  for (const core::Scope scope : core::kConfiguredScopes) {
    for (const limits::Rule& rule : ledger.rules(scope)) {
      // Usage is kept by the day, which says nothing of an hour.
      if (rule.info().is_window() && rule.info().span != core::Span::hour)
        limits.push_back({scope, rule.dimension(), &rule.calendar()});
    }
  }
  return limits;
}

std::vector<Balance> period_spending(Database& database, const PeriodLimit& limit, const limits::Moment& now) {
  const core::DimensionInfo& row = core::info(limit.dimension);
  const limits::Rule rule(limit.dimension, 1, *limit.calendar);
  std::int32_t first = first_day(rule, now);
  Poco::Data::Statement select(database.session());
  select << "SELECT " + column_of(limit.scope) + " AS name, sum(" + counted(row) + ") AS spent FROM " +
                table_of(limit.scope) + " WHERE day >= ? GROUP BY 1",
      use(first);
  select.execute();
  const Poco::Data::RecordSet rows(select);
  std::vector<Balance> spending;
  for (std::size_t i = 0; i < rows.rowCount(); ++i) {
    spending.push_back({.scope = limit.scope,
                        .name = rows.value("name", i).convert<std::string>(),
                        .dimension = limit.dimension,
                        .period = rule.present(now).number,
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
