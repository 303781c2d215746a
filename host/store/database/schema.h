// The tables of the database, as steps that lead from one schema to the next. A step that was released stays as it is.
// Immutable.
#pragma once

#include <iterator>
#include <span>

namespace gatehouse::store {

inline constexpr const char* kFirstTables[] = {
    R"sql(CREATE TABLE keys (
  id                TEXT PRIMARY KEY NOT NULL,
  hash              BLOB NOT NULL UNIQUE,
  client            TEXT NOT NULL,
  models            TEXT NOT NULL,
  requests_per_minute INTEGER NOT NULL,
  tokens_per_minute INTEGER NOT NULL,
  concurrent        INTEGER NOT NULL,
  tokens_per_day    INTEGER NOT NULL,
  dollars_per_day   INTEGER NOT NULL,
  dollars_per_month INTEGER NOT NULL,
  created           INTEGER NOT NULL,
  expires           INTEGER NOT NULL,
  revoked           INTEGER NOT NULL
) STRICT)sql",
    R"sql(CREATE TABLE balances (
  scope             TEXT NOT NULL,
  name              TEXT NOT NULL,
  dimension         TEXT NOT NULL,
  period            INTEGER NOT NULL,
  most              INTEGER NOT NULL,
  spent             INTEGER NOT NULL,
  unix_ns           INTEGER NOT NULL,
  PRIMARY KEY (scope, name, dimension, period)
) STRICT, WITHOUT ROWID)sql",
    R"sql(CREATE TABLE usage (
  day               INTEGER NOT NULL,
  client            TEXT NOT NULL,
  key               TEXT NOT NULL,
  model             TEXT NOT NULL,
  requests          INTEGER NOT NULL,
  input             INTEGER NOT NULL,
  output            INTEGER NOT NULL,
  cached            INTEGER NOT NULL,
  reasoning         INTEGER NOT NULL,
  nanodollars       INTEGER NOT NULL,
  PRIMARY KEY (day, client, key, model)
) STRICT, WITHOUT ROWID)sql"};

// The usage of all clients together, so that a year's sums are not added up from millions of rows. Whoever writes usage
// writes both.
inline constexpr const char* kUsageByDay[] = {
    R"sql(CREATE TABLE usage_by_day (
  day               INTEGER NOT NULL,
  model             TEXT NOT NULL,
  requests          INTEGER NOT NULL,
  input             INTEGER NOT NULL,
  output            INTEGER NOT NULL,
  cached            INTEGER NOT NULL,
  reasoning         INTEGER NOT NULL,
  nanodollars       INTEGER NOT NULL,
  PRIMARY KEY (day, model)
) STRICT, WITHOUT ROWID)sql",
    R"sql(INSERT INTO usage_by_day SELECT day, model, sum(requests), sum(input), sum(output), sum(cached),
  sum(reasoning), sum(nanodollars) FROM usage GROUP BY day, model)sql"};

inline constexpr const char* kCorrections[] = {
    R"sql(CREATE TABLE corrections (
  unix_s            INTEGER NOT NULL,
  scope             TEXT NOT NULL,
  name              TEXT NOT NULL,
  dimension         TEXT NOT NULL,
  amount            INTEGER NOT NULL,
  reason            TEXT NOT NULL
) STRICT)sql",
    "CREATE INDEX corrections_by_time ON corrections (unix_s)"};

inline constexpr const char* kMoreLimits[] = {
    "ALTER TABLE keys ADD COLUMN requests_per_day INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE keys ADD COLUMN tokens_per_hour INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE keys ADD COLUMN tokens_per_week INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE keys ADD COLUMN tokens_per_month INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE keys ADD COLUMN tokens_total INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE keys ADD COLUMN dollars_per_hour INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE keys ADD COLUMN dollars_per_week INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE keys ADD COLUMN dollars_total INTEGER NOT NULL DEFAULT 0"};

inline constexpr const char* kTeams[] = {"ALTER TABLE keys ADD COLUMN team TEXT NOT NULL DEFAULT ''"};

inline constexpr std::span<const char* const> kSteps[] = {kFirstTables, kUsageByDay, kCorrections, kMoreLimits, kTeams};
inline constexpr int kSchema = std::size(kSteps);

}  // namespace gatehouse::store
