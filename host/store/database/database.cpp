#include "store/database/database.h"

#include <Poco/Data/SQLite/Connector.h>
#include <Poco/Data/SQLite/SQLiteException.h>
#include <Poco/Data/SQLite/SessionImpl.h>
#include <Poco/Data/SQLite/Utility.h>
#include <Poco/Exception.h>
#include <Poco/URI.h>
#include <sqlite3.h>
#include <sys/stat.h>

#include <filesystem>
#include <iterator>
#include <thread>

#include "store/database/damage.h"
#include "store/database/schema.h"

namespace gatehouse::store {

using namespace Poco::Data::Keywords;
using core::Code;
using core::Result;
using core::Status;

namespace {

constexpr std::size_t kOpenSeconds = 1;            // how long Poco tries to open the file
constexpr std::chrono::seconds kPatience{5};       // with another process's transaction
constexpr std::chrono::milliseconds kNextTry{20};  // to get a lock

}  // namespace

Status failed(const std::string& doing, const std::exception& error) {
  const auto* poco = dynamic_cast<const Poco::Exception*>(&error);
  return {Code::internal, doing + ": " + (poco != nullptr ? poco->displayText() : error.what())};
}

namespace {

Status unusable(const std::string& path, const std::exception& error) {
  Status status = failed(path + " cannot be used", error);
  if (dynamic_cast<const Poco::Data::SQLite::CorruptImageException*>(&error) != nullptr)
    return damaged(std::string(status.message()));
  status.failure().code = Code::config;
  return status;
}

std::string database_path(const std::string& data_dir) { return (std::filesystem::path(data_dir) / "gatehouse.db").string(); }

}  // namespace

Result<std::unique_ptr<Database>> Database::open(const std::string& data_dir) {
  const std::string path = database_path(data_dir);
  try {
    Poco::Data::SQLite::Connector::registerConnector();
    std::unique_ptr<Database> database(new Database(path, path));
    chmod(path.c_str(), S_IRUSR | S_IWUSR);
    // Not WAL: up to SQLite 3.51.2 a checkpoint that meets a second connection may lose pages, and
    // every `gatehouse key` is a second connection.
    database->run("PRAGMA journal_mode = TRUNCATE");
    database->run("PRAGMA synchronous = FULL");
    database->upgrade();
    return database;
  } catch (const std::exception& error) {
    return unusable(path, error);
  }
}

Result<std::unique_ptr<Database>> Database::look(const std::string& data_dir) {
  const std::string path = database_path(data_dir);
  if (!std::filesystem::exists(path)) return Status(Code::config, path + " is not there");
  try {
    Poco::Data::SQLite::Connector::registerConnector();
    std::string uri;
    Poco::URI::encode(path, "?#", uri);
    std::unique_ptr<Database> database(new Database(path, "file:" + uri + "?mode=ro"));
    database->require_ours();
    if (database->schema() == kSchema) return database;
    return Status(Code::overloaded, path + " is an earlier Gatehouse's; `gatehouse serve` upgrades it as it starts");
  } catch (const Poco::Data::SQLite::ReadOnlyException&) {
    return Status(Code::overloaded,
                  path + " was left in the middle of a write; `gatehouse serve` mends it as it starts");
  } catch (const std::exception& error) {
    return unusable(path, error);
  }
}

Database::Database(const std::string& path, const std::string& opened_as)
    : path_(path), patience_(kPatience), session_(Poco::Data::SQLite::Connector::KEY, opened_as, kOpenSeconds) {
  sqlite3_busy_handler(Poco::Data::SQLite::Utility::dbHandle(session_), keep_waiting, this);
  struct stat info {};
  if (stat(path.c_str(), &info) != 0) return;
  device_ = info.st_dev;
  inode_ = info.st_ino;
}

// 0: no longer. SQLite's own time cannot be changed by another thread.
int Database::keep_waiting(void* self, int waits_so_far) {
  auto& database = *static_cast<Database*>(self);
  const auto now = std::chrono::steady_clock::now();
  if (waits_so_far == 0) database.waits_since_ = now;
  if (now - database.waits_since_ >= database.patience_.load()) return 0;
  std::this_thread::sleep_for(kNextTry);
  return 1;
}

bool Database::is_at_path() const {
  struct stat info {};
  return stat(path_.c_str(), &info) == 0 && info.st_dev == device_ && info.st_ino == inode_;
}

Status Database::check() try {
  std::string verdict;
  session_ << "PRAGMA quick_check(1)", into(verdict), limit(1), now;
  return verdict == "ok" ? Status() : damaged(path_ + " is damaged: " + verdict);
} catch (const std::exception& error) {
  return unusable(path_, error);
}

void Database::run(const std::string& sql) { session_ << sql, now; }

std::int64_t Database::data_version() { return number("PRAGMA data_version"); }

std::int64_t Database::number(const std::string& sql) {
  std::int64_t value = 0;
  session_ << sql, into(value), now;
  return value;
}

int Database::schema() {
  const int schema = static_cast<int>(number("PRAGMA user_version"));
  if (schema > kSchema) {
    throw Poco::DataFormatException("it was written by a newer Gatehouse; upgrade, or choose another data_dir");
  }
  return schema;
}

// Any SQLite file opens, whosever it is.
void Database::require_ours() {
  const auto ours = number("SELECT count(*) FROM sqlite_master WHERE name IN ('keys', 'balances', 'usage')");
  const auto all = number("SELECT count(*) FROM sqlite_master");
  if (schema() == 0 ? all != 0 : ours != std::ssize(kFirstTables))
    throw Poco::DataFormatException("it is a database of another program; choose another data_dir");
}

void Database::upgrade() {
  require_ours();
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
