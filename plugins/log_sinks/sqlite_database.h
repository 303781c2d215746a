// The database behind the sqlite sink: its table, its one connection, its one statement. Throws
// Poco::Exception, and gatehouse::Error for a file of a newer schema. For one thread.
#pragma once

#include <optional>
#include <string>

#include <Poco/Data/Session.h>
#include <Poco/Data/Statement.h>

#include <gatehouse/host.hpp>
#include <gatehouse/log_sink.hpp>

#include "file_identity.h"

// When the file at path is damaged, moves it to PATH.corrupt-<time>, with a line in the log and in a counter.
void set_aside_if_corrupt(const std::string& path, const gatehouse::Host& host);

// Throws what opening the file would, and warns of a damaged one, without changing anything.
void look_at(const std::string& path, const gatehouse::Host& host);

class Database {
 public:
  explicit Database(const std::string& path);

  // All of them or, when it throws, none once the database is closed.
  void insert(gatehouse::Records records);
  // false: the file was moved away or deleted, and what is inserted goes with it.
  bool is_at_path() const { return identity_.has_value() && identity_at(path_) == identity_; }

 private:
  void upgrade();
  int schema();
  void run(const std::string& sql);

  std::string path_;
  Poco::Data::Session session_;
  std::optional<FileIdentity> identity_;
  std::string id_, record_;  // what insert_ takes its values from
  std::int64_t unix_us_ = 0;
  Poco::Data::Statement insert_;
};
