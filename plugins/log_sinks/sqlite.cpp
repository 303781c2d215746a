// sqlite - keeps records in a SQLite database, to be asked with SQL.
//   - { plugin: sqlite, config: { path: var/requests.db } }        missing folders are made
//   SELECT client_id, sum(in_tokens + out_tokens) FROM exchanges GROUP BY client_id;
// The table is in sqlite_database.cpp. A batch is one transaction, on the disk when it is taken; a
// record that comes twice is one row.
#include <gatehouse/plugin.hpp>

#include <memory>

#include <Poco/Data/SQLite/SQLiteException.h>

#include "sqlite_database.h"

namespace {

class Sqlite {
 public:
  Sqlite(gatehouse::Config& config, gatehouse::Host host) : path_(config.text("path")), host_(host) {
    try {
      if (host_.on_trial())
        look_at(path_, host_);
      else
        open();
    } catch (const Poco::Data::SQLite::DBLockedException&) {
      // Another process is busy with the file: nothing is wrong with the path, and write tries again.
      database_.reset();
    } catch (const Poco::Exception& error) {
      throw gatehouse::Error(GH_ECONFIG, "cannot open " + path_ + ": " + error.displayText());
    }
  }

  void write(gatehouse::Records records) {
    try {
      if (!database_ || !database_->is_at_path()) open();
      database_->insert(records);
    } catch (const Poco::Exception& error) {
      // Closing undoes what there is of the batch; it is the one way back that works after every failure.
      suspect_ = dynamic_cast<const Poco::Data::SQLite::CorruptImageException*>(&error) != nullptr;
      database_.reset();
      throw gatehouse::Error(GH_ERETRY, "cannot write to " + path_ + ": " + error.displayText());
    }
  }

 private:
  void open() {
    database_.reset();
    if (suspect_) set_aside_if_corrupt(path_, host_);
    database_ = std::make_unique<Database>(path_);
    suspect_ = false;
  }

  std::string path_;
  gatehouse::Host host_;
  std::unique_ptr<Database> database_;
  bool suspect_ = true;  // to be checked before it is used
};

}  // namespace

GH_EXPORT_LOG_SINK(Sqlite, "sqlite", "1.0.0", "Keeps records in a SQLite database")
