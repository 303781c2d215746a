// The file in data_dir that outlives the process: keys, balances, usage. One connection, for one
// thread at a time; other processes may have theirs. The functions throw Poco::Exception, which
// every user of this class turns into a Status.
#pragma once

#include <Poco/Data/Session.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>

#include "core/status.h"

namespace gatehouse::store {

class Database {
 public:
  // Opens data_dir/gatehouse.db, made and brought to the current schema if need be.
  static core::Result<std::unique_ptr<Database>> open(const std::string& data_dir);
  // Opens it for reading only. overloaded: only `serve` can mend or upgrade it.
  static core::Result<std::unique_ptr<Database>> look(const std::string& data_dir);

  Poco::Data::Session& session() { return session_; }
  void run(const std::string& sql);
  // Changes with every commit of another connection.
  std::int64_t data_version();
  std::int64_t number(const std::string& sql);  // of a query with one
  // Reads it all and finds it sound. config: it is not.
  core::Status check();
  // From now on a statement waits at most so long for another process's transaction, also one that waits already.
  // Any thread.
  void wait_at_most(std::chrono::milliseconds patience) { patience_ = patience; }
  // Whether its path still leads to the file that is open.
  bool is_at_path() const;
  const std::string& path() const { return path_; }
  std::string data_dir() const { return std::filesystem::path(path_).parent_path(); }

 private:
  Database(const std::string& path, const std::string& opened_as);
  static int keep_waiting(void* database, int waits_so_far);
  int schema();
  void require_ours();
  void upgrade();

  std::string path_;
  std::atomic<std::chrono::milliseconds> patience_;
  std::chrono::steady_clock::time_point waits_since_;
  Poco::Data::Session session_;  // after what its statements use
  std::uint64_t device_ = 0, inode_ = 0;
};

// One transaction: begins here, and is rolled back unless commit() was called.
class Transaction {
 public:
  explicit Transaction(Database& database) : database_(database) { database_.run("BEGIN IMMEDIATE"); }
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;
  ~Transaction();
  void commit();

 private:
  Database& database_;
  bool committed_ = false;
};

// What a Poco exception becomes outside this room.
core::Status failed(const std::string& doing, const std::exception& error);

}  // namespace gatehouse::store
