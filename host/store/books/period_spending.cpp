#include "store/books/period_spending.h"

#include <Poco/Data/RecordSet.h>
#include <Poco/Data/Statement.h>

#include <algorithm>
#include <iterator>
#include <limits>
#include <map>

#include "limits/accounts/rule.h"

namespace gatehouse::store {

using namespace Poco::Data::Keywords;
using limits::Balance;

namespace {

// The first day by UTC that began within the present period; tomorrow, where today began before it.
std::int32_t first_day(const limits::Rule& rule, const limits::Moment& now) {
  const std::int32_t today = now.day();
  const core::Period present = rule.present(now);
  if (present.ends == std::numeric_limits<std::int64_t>::max()) return 0;
  std::int32_t first = today;
  const auto began_outside = [&](std::int32_t day) {
    const limits::Moment then{0, std::int64_t{day} * 86'400'000'000'000};
    return rule.present(then).number != present.number;
  };
  if (began_outside(today)) return today + 1;
  while (!began_outside(first - 1)) --first;
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

// Whether the line is for every request, and its names stand in the usage as they are.
bool is_plain(const limits::Ledger& ledger, const PeriodLimit& limit) {
  constexpr core::Scope kInUsage[] = {core::Scope::client, core::Scope::key, core::Scope::model, core::Scope::global};
  const std::vector<limits::Line> lines = ledger.lines();
  return limit.label.empty() &&
         std::find(std::begin(kInUsage), std::end(kInUsage), limit.scope) != std::end(kInUsage) &&
         std::count_if(lines.begin(), lines.end(), [&](const auto& line) { return line.scope == limit.scope; }) < 2;
}

std::string table_of(core::Scope scope) {
  return scope == core::Scope::model || scope == core::Scope::global ? "usage_by_day" : "usage";
}

Balance balance_of(const PeriodLimit& limit, const std::string& name, std::int64_t spent, const limits::Moment& now) {
  return {.scope = limit.scope,
          .name = limits::account_name(name, limit.label),
          .dimension = limit.dimension,
          .period = limits::Rule(limit.dimension, 1, *limit.calendar).present(now).number,
          .spent = spent,
          .unix_ns = now.unix_ns};
}

std::vector<Balance> by_name(Database& database, const PeriodLimit& limit, const limits::Moment& now) {
  std::int32_t first = first_day(limits::Rule(limit.dimension, 1, *limit.calendar), now);
  const std::string column = limit.scope == core::Scope::global ? "''" : std::string(core::info(limit.scope).name);
  Poco::Data::Statement select(database.session());
  select << "SELECT " + column + " AS name, sum(" + counted(core::info(limit.dimension)) + ") AS spent FROM " +
                table_of(limit.scope) + " WHERE day >= ? GROUP BY 1",
      use(first);
  select.execute();
  const Poco::Data::RecordSet rows(select);
  std::vector<Balance> spending;
  for (std::size_t i = 0; i < rows.rowCount(); ++i)
    spending.push_back(balance_of(limit, rows.value("name", i).convert<std::string>(),
                                  rows.value("spent", i).convert<Poco::Int64>(), now));
  return spending;
}

// Row by row, as such a request would be counted.
std::vector<Balance> by_request(Database& database, const limits::Ledger& ledger, const limits::Line& line,
                                const PeriodLimit& limit) {
  const limits::Moment now = ledger.now();
  std::int32_t first = first_day(limits::Rule(limit.dimension, 1, *limit.calendar), now);
  Poco::Data::Statement select(database.session());
  select << "SELECT usage.client AS client, key, model, coalesce(keys.team, '') AS team, sum(" +
                counted(core::info(limit.dimension)) +
                ") AS spent FROM usage LEFT JOIN keys ON keys.id = usage.key WHERE day >= ? GROUP BY 1, 2, 3, 4",
      use(first);
  select.execute();
  const Poco::Data::RecordSet rows(select);
  std::map<std::string, std::int64_t> spent;
  for (std::size_t i = 0; i < rows.rowCount(); ++i) {
    const auto text = [&](const char* column) { return rows.value(column, i).convert<std::string>(); };
    const std::string client = text("client"), key = text("key"), model = text("model"), team = text("team");
    const core::Subject subject{.client = client, .key = key, .model = model, .team = team};
    if (const auto spender = ledger.spender_under(line, limit.dimension, subject))
      spent[*spender] += rows.value("spent", i).convert<Poco::Int64>();
  }
  std::vector<Balance> spending;
  for (const auto& [name, amount] : spent) spending.push_back(balance_of(limit, name, amount, now));
  return spending;
}

}  // namespace

std::vector<PeriodLimit> period_limits(const limits::Ledger& ledger) {
  std::vector<PeriodLimit> limits;
  for (const limits::Line& line : ledger.lines()) {
    for (const limits::Rule& rule : line.rules) {
      // Usage is kept by the day, which says nothing of an hour.
      if (rule.info().is_window() && rule.info().span != core::Span::hour)
        limits.push_back({line.scope, rule.dimension(), &rule.calendar(), line.label});
    }
  }
  return limits;
}

std::vector<Balance> period_spending(Database& database, const limits::Ledger& ledger, const PeriodLimit& limit) {
  if (is_plain(ledger, limit)) return by_name(database, limit, ledger.now());
  if (limit.scope == core::Scope::tag || limit.scope == core::Scope::provider) return {};
  for (const limits::Line& line : ledger.lines()) {
    if (line.scope == limit.scope && line.label == limit.label) return by_request(database, ledger, line, limit);
  }
  return {};
}

core::Result<std::vector<Balance>> period_spending_of(const std::string& data_dir, std::span<const PeriodLimit> limits,
                                                      const limits::Ledger& ledger) try {
  GH_ASSIGN(const auto database, Database::look(data_dir));
  std::vector<Balance> all;
  for (const PeriodLimit& limit : limits) {
    std::vector<Balance> spending = period_spending(*database, ledger, limit);
    all.insert(all.end(), spending.begin(), spending.end());
  }
  return all;
} catch (const std::exception& error) {
  return failed("what the present day and month have cost could not be read", error);
}

}  // namespace gatehouse::store
