#include "store/database.h"

#include <Poco/Data/SQLite/Connector.h>
#include <Poco/Data/SQLite/SessionImpl.h>
#include <Poco/Exception.h>
#include <sys/stat.h>

#include <filesystem>
#include <iterator>
#include <span>

namespace gatehouse::store {

using namespace Poco::Data::Keywords;
using core::Code;
using core::Result;
using core::Status;

namespace {

constexpr std::size_t kOpenSeconds = 1;  // how long Poco tries to open the file
constexpr const char* kBusy = "5000";    // milliseconds to wait for another process's transaction

constexpr const char* kFirstTables[] = {
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

// Each step leads from the schema of its number to the next. One that was released stays as it is.
constexpr std::span<const char* const> kSteps[] = {kFirstTables};
constexpr int kSchema = std::size(kSteps);

}  // namespace

Status failed(const std::string& doing, const std::exception& error) {
  const auto* poco = dynamic_cast<const Poco::Exception*>(&error);
  return {Code::internal, doing + ": " + (poco != nullptr ? poco->displayText() : error.what())};
}

Result<std::unique_ptr<Database>> Database::open(const std::string& data_dir) {
  const std::string path = (std::filesystem::path(data_dir) / "gatehouse.db").string();
  try {
    Poco::Data::SQLite::Connector::registerConnector();
    std::unique_ptr<Database> database(new Database(path));
    chmod(path.c_str(), S_IRUSR | S_IWUSR);
    database->upgrade();
    return database;
  } catch (const std::exception& error) {
    Status status = failed(path + " cannot be used", error);
    status.failure().code = Code::config;
    return status;
  }
}

Database::Database(const std::string& path)
    : path_(path), session_(Poco::Data::SQLite::Connector::KEY, path, kOpenSeconds) {
  run(std::string("PRAGMA busy_timeout = ") + kBusy);
  // Not WAL: up to SQLite 3.51.2 a checkpoint that meets a second connection may lose pages, and
  // every `gatehouse key` is a second connection.
  run("PRAGMA journal_mode = TRUNCATE");
  run("PRAGMA synchronous = FULL");
}

void Database::run(const std::string& sql) { session_ << sql, now; }

std::int64_t Database::data_version() {
  std::int64_t version = 0;
  session_ << "PRAGMA data_version", into(version), now;
  return version;
}

int Database::schema() {
  int schema = 0;
  session_ << "PRAGMA user_version", into(schema), now;
  if (schema > kSchema) {
    throw Poco::DataFormatException("it was written by a newer Gatehouse; upgrade, or choose another data_dir");
  }
  return schema;
}

void Database::upgrade() {
  if (schema() == kSchema) return;
  Transaction transaction(*this);
  for (int step = schema(); step < kSchema; ++step) {  // none where another process was first
    for (const char* statement : kSteps[step]) run(statement);
  }
  run("PRAGMA user_version = " + std::to_string(kSchema));
  transaction.commit();
}

Transaction::~Transaction() {
  if (committed_) return;
  try {
    database_.run("ROLLBACK");
  } catch (const Poco::Exception&) {  // SQLite has rolled back already, or will when the file is next opened
  }
}

void Transaction::commit() {
  database_.run("COMMIT");
  committed_ = true;
}

}  // namespace gatehouse::store
