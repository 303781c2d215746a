#include "sqlite_database.h"

#include <filesystem>

#include <Poco/Data/SQLite/SQLiteException.h>
#include <Poco/Data/SQLite/SessionImpl.h>
#include <Poco/URI.h>

#include <gatehouse/error.hpp>

#include "private_files.h"
#include "utc_stamp.h"

using namespace Poco::Data::Keywords;
using Poco::Data::Session;
namespace fs = std::filesystem;

namespace {

constexpr int kSchema = 1;
constexpr std::size_t kOpenSeconds = 1;  // Poco goes on trying to open a file for so long

// The record is kept whole; the columns people ask for are computed from it.
constexpr const char* kCreate = R"sql(
CREATE TABLE exchanges (
  id              TEXT PRIMARY KEY NOT NULL,
  unix_us         INTEGER NOT NULL,
  record          TEXT NOT NULL,
  client_id       TEXT    AS (record ->> '$.client_id') VIRTUAL,
  key_id          TEXT    AS (record ->> '$.key_id') VIRTUAL,
  model_requested TEXT    AS (record ->> '$.model_requested') VIRTUAL,
  model_served    TEXT    AS (record ->> '$.model_served') VIRTUAL,
  provider        TEXT    AS (record ->> '$.provider') VIRTUAL,
  stream          INTEGER AS (record ->> '$.stream') VIRTUAL,
  status          INTEGER AS (record ->> '$.status') VIRTUAL,
  error_type      TEXT    AS (record ->> '$.error_type') VIRTUAL,
  finish_reason   TEXT    AS (record ->> '$.finish_reason') VIRTUAL,
  attempts        INTEGER AS (record ->> '$.attempts') VIRTUAL,
  in_tokens       INTEGER AS (record ->> '$.in_tokens') VIRTUAL,
  out_tokens      INTEGER AS (record ->> '$.out_tokens') VIRTUAL,
  cached_tokens   INTEGER AS (record ->> '$.cached_tokens') VIRTUAL,
  ttft_ms         REAL    AS (record ->> '$.ttft_ms') VIRTUAL,
  total_ms        REAL    AS (record ->> '$.total_ms') VIRTUAL
) STRICT
)sql";

// A session made by hand: nothing is registered with Poco that would outlive this plugin's code.
Session connect(const std::string& path) {
  make_private_file(path);
  Session session(new Poco::Data::SQLite::SessionImpl(path, kOpenSeconds));
  session << "PRAGMA busy_timeout = 2000", now;
  return session;
}

// For looking only. A name in a URI: what is special there is escaped.
Session connect_read_only(const std::string& path) {
  std::string uri;
  Poco::URI::encode(path, "%?#", uri);
  Session session(new Poco::Data::SQLite::SessionImpl("file:" + uri + "?mode=ro", kOpenSeconds));
  session << "PRAGMA busy_timeout = 2000", now;
  return session;
}

bool is_corrupt(const std::string& path, Session (*open)(const std::string& path)) {
  try {
    Session session = open(path);
    std::string verdict;
    session << "PRAGMA quick_check(1)", into(verdict), limit(1), now;
    return verdict != "ok";
  } catch (const Poco::Data::SQLite::CorruptImageException&) {
    return true;
  }
}

void require_known(int schema, const std::string& path) {
  if (schema <= kSchema) return;
  throw gatehouse::Error(GH_ECONFIG, path + " has schema version " + std::to_string(schema) +
                                         " of a newer Gatehouse, this one knows up to " + std::to_string(kSchema) +
                                         "; choose another path or upgrade");
}

}  // namespace

void set_aside_if_corrupt(const std::string& path, const gatehouse::Host& host) {
  if (!fs::exists(path) || !is_corrupt(path, connect)) return;
  const std::string aside = path + ".corrupt-" + utc_stamp();
  // A journal goes with its file: it may be what somebody repairs it from, and must not touch the new one.
  for (const char* part : {"-journal", "-wal", "-shm", ""}) {
    if (fs::exists(path + part)) fs::rename(path + part, aside + part);
  }
  host.log(GH_LOG_ERROR, path + " is damaged; it was moved to " + aside + " and a new database is begun");
  if (host.extension(GH_COUNTERS_1) != nullptr) gatehouse::Counters(host).add("damaged_databases");
}

void look_at(const std::string& path, const gatehouse::Host& host) {
  require_writable(path);
  if (!fs::exists(path)) return;
  try {
    if (is_corrupt(path, connect_read_only)) {
      host.log(GH_LOG_WARNING, path + " is damaged: `serve` moves it aside and begins a new database");
      return;
    }
    Session session = connect_read_only(path);
    int schema = 0;
    session << "PRAGMA user_version", into(schema), now;
    require_known(schema, path);
  } catch (const Poco::Data::SQLite::ReadOnlyException&) {  // its last writer was killed: opening it mends it
  }
}

Database::Database(const std::string& path)
    : path_(path),
      session_(connect(path)),
      insert_((session_ << "INSERT INTO exchanges (id, unix_us, record) VALUES (?, ?, ?) ON CONFLICT (id) DO NOTHING",
               use(id_), use(unix_us_), use(record_))) {
  // Not WAL: up to SQLite 3.51.2 a checkpoint that meets a second connection may lose pages, and
  // anybody who looks at the live file with the sqlite3 command is a second connection. With a
  // rollback journal there is no such race, and a transaction per batch makes FULL affordable.
  run("PRAGMA journal_mode = TRUNCATE");
  run("PRAGMA synchronous = FULL");
  upgrade();
  identity_ = identity_at(path_);
}

void Database::insert(gatehouse::Records records) {
  run("BEGIN IMMEDIATE");
  for (const gatehouse::Record record : records) {
    id_ = record.id();
    unix_us_ = record.unix_us();
    record_ = record.json();
    insert_.execute();
  }
  run("COMMIT");
}

// Creates the table in a new file. Only that takes the write lock: a file in use can be opened while
// another instance, the one that is being replaced, writes to it without a pause.
void Database::upgrade() {
  if (schema() == 0) {
    run("BEGIN IMMEDIATE");
    if (schema() == 0) {  // and nobody was faster
      run(kCreate);
      run("CREATE INDEX exchanges_unix_us ON exchanges (unix_us)");
      run("PRAGMA user_version = " + std::to_string(kSchema));
    }
    run("COMMIT");
  }
  require_known(schema(), path_);
}

int Database::schema() {
  int version = 0;
  session_ << "PRAGMA user_version", into(version), now;
  return version;
}

void Database::run(const std::string& sql) { session_ << sql, now; }
