#include "store/state.h"

#include <Poco/DateTimeFormatter.h>
#include <Poco/Exception.h>

#include <filesystem>

#include "store/database/damage.h"

namespace gatehouse::store {

using namespace Poco::Data::Keywords;
namespace fs = std::filesystem;
using core::Code;
using core::Result;
using core::Status;

namespace {

Status lost(const std::string& what) {
  return damaged(what +
                 ": restore data_dir from a backup, or run `gatehouse begin-anew`, which sets aside what is left "
                 "and begins without keys, balances and usage");
}
Status with_advice(const Status& status) { return is_damage(status) ? lost(std::string(status.message())) : status; }

// What there is in the folder, before anything of it is opened.
struct Traces {
  explicit Traces(const fs::path& folder) {
    std::error_code error;
    // The last to be made is looked for first: another process may be about to make them.
    served = fs::exists(folder / "gatehouse.lock", error);
    secret = fs::exists(folder / "key.secret", error);
    const auto size = fs::file_size(folder / "gatehouse.db", error);
    there = !error;
    empty = there && size == 0;
  }
  bool has_database() const { return there && !empty; }
  bool has_nothing() const { return !has_database() && !secret && !served; }

  bool there = false, empty = false;  // the database
  bool secret = false;
  bool served = false;  // a gateway has, which makes the other two before
};

Status check_database_is_there(const std::string& data_dir, const Traces& traces) {
  if (traces.has_database() || traces.has_nothing()) return {};
  return lost((fs::path(data_dir) / "gatehouse.db").string() + (traces.empty ? " is empty" : " is gone") +
              ", though a gateway has kept its keys and balances there");
}

// Keys without their secret open nothing. Without keys, a new secret does as well.
Status check_secret_is_there(const std::string& data_dir, const Traces& traces, Database& database) {
  if (traces.secret) return {};
  const std::int64_t keys = database.number("SELECT count(*) FROM keys");
  if (keys == 0) return {};
  return lost((fs::path(data_dir) / "key.secret").string() + " is gone, and without it the " + std::to_string(keys) +
              " keys in gatehouse.db open nothing");
}

// The secret that belongs to the database; empty when it does not know one. Versions without the table pass over it.
std::string known_secret(Database& database) {
  if (database.number("SELECT count(*) FROM sqlite_master WHERE name = 'origin'") == 0) return {};
  std::string known;
  database.session() << "SELECT secret FROM origin", into(known), now;
  return known;
}

Status check_belongs(Database& database, const KeyHash& hash) {
  const std::string known = known_secret(database);
  if (known.empty() || known == hash.fingerprint()) return {};
  return lost(database.path() + " and key.secret beside it are not of the same gateway");
}

void remember(Database& database, const KeyHash& hash) {
  std::string fingerprint = hash.fingerprint();
  if (known_secret(database) == fingerprint) return;
  Transaction transaction(database);
  database.run("CREATE TABLE IF NOT EXISTS origin (secret TEXT NOT NULL) STRICT");
  database.run("DELETE FROM origin");
  database.session() << "INSERT INTO origin VALUES (?)", use(fingerprint), now;
  transaction.commit();
}

}  // namespace

Result<State> open_state(const std::string& data_dir) try {
  const Traces traces(data_dir);
  GH_TRY(check_database_is_there(data_dir, traces));
  Result<std::unique_ptr<Database>> database = Database::open(data_dir);
  if (!database.ok()) return with_advice(database.status());
  GH_TRY(with_advice((*database)->check()));
  GH_TRY(check_secret_is_there(data_dir, traces, **database));
  Result<KeyHash> hash = KeyHash::open(data_dir);
  if (!hash.ok()) return with_advice(hash.status());
  if (traces.secret) GH_TRY(check_belongs(**database, *hash));
  remember(**database, *hash);
  return State{*std::move(hash), *std::move(database)};
} catch (const std::exception& error) {
  return failed("data_dir " + data_dir + " cannot be used", error);
}

Result<std::optional<State>> look_at_state(const std::string& data_dir) try {
  const Traces traces(data_dir);
  if (traces.has_nothing()) return std::optional<State>();
  GH_TRY(check_database_is_there(data_dir, traces));
  Result<std::unique_ptr<Database>> database = Database::look(data_dir);
  if (!database.ok()) return with_advice(database.status());
  GH_TRY(with_advice((*database)->check()));
  GH_TRY(check_secret_is_there(data_dir, traces, **database));
  Result<std::optional<KeyHash>> hash = KeyHash::look(data_dir);
  if (!hash.ok()) return with_advice(hash.status());
  if (!*hash) return std::optional<State>();  // killed as it began: there are no keys yet
  GH_TRY(check_belongs(**database, **hash));
  return std::optional<State>(State{**hash, *std::move(database)});
} catch (const std::exception& error) {
  return failed("data_dir " + data_dir + " cannot be read", error);
}

Result<std::unique_ptr<Database>> reopen_database(const std::string& data_dir, const KeyHash& hash) try {
  const Traces traces(data_dir);
  if (!traces.has_database()) {
    return Status(Code::config, (fs::path(data_dir) / "gatehouse.db").string() +
                                    " is gone while the gateway serves: bring it back from a backup. What is spent "
                                    "meanwhile is in memory only");
  }
  Result<std::unique_ptr<Database>> database = Database::open(data_dir);
  if (!database.ok()) return database.status();
  GH_TRY((*database)->check());
  GH_TRY(check_belongs(**database, hash));
  return database;
} catch (const std::exception& error) {
  return failed("data_dir " + data_dir + " cannot be used", error);
}

Result<std::vector<std::string>> begin_anew(const std::string& data_dir) {
  const Result<std::optional<State>> state = look_at_state(data_dir);
  if (state.ok()) return Status(Code::config, "the state in data_dir " + data_dir + " is sound; nothing is set aside");
  if (!is_damage(state.status())) return state.status();
  const std::string suffix = ".lost-" + Poco::DateTimeFormatter::format(Poco::Timestamp(), "%Y%m%dT%H%M%SZ");
  std::vector<std::string> moved;
  for (const char* name : {"gatehouse.db-journal", "gatehouse.db", "key.secret"}) {
    const fs::path file = fs::path(data_dir) / name;
    std::error_code error;
    if (!fs::exists(file, error)) continue;
    fs::rename(file, file.string() + suffix, error);
    if (error) return Status(Code::config, "cannot move " + file.string() + ": " + error.message());
    moved.push_back(file.string() + suffix);
  }
  Result<std::unique_ptr<Database>> database = Database::open(data_dir);
  if (!database.ok()) return database.status();
  const Result<State> begun = open_state(data_dir);
  if (!begun.ok()) return begun.status();
  return moved;
}

}  // namespace gatehouse::store
