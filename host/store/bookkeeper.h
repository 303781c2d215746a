// The one thread that talks to the database while the gateway serves. It writes down what was spent,
// in batches, and notices what `gatehouse key` changed; no request ever waits for it.
//
// What a killed process has reserved and not settled stays spent, as far as it was written down:
// the last kBatch before the kill may be forgiven. start() and stop() belong to one thread.
#pragma once

#include <chrono>
#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <tuple>

#include "limits/ledger.h"
#include "store/database.h"
#include "store/key_ring.h"

namespace gatehouse::store {

class Bookkeeper {
 public:
  static constexpr std::chrono::milliseconds kNotice{50};  // until a changed key is known
  static constexpr std::chrono::milliseconds kBatch{200};  // until a balance is on disk, where the disk keeps up

  // REQUIRES: ring and ledger outlive the bookkeeper.
  Bookkeeper(std::unique_ptr<Database> database, KeyRing& ring, limits::Ledger& ledger)
      : database_(std::move(database)), ring_(ring), ledger_(ledger) {}
  ~Bookkeeper() { stop(); }

  core::Status load();  // keys and balances as they are in the database; before start()
  void start();
  void stop();  // the last batch is written

 private:
  using Name = std::tuple<limits::Scope, std::string, limits::Dimension, std::int32_t>;

  void run();
  core::Status look();
  core::Status load_keys();
  core::Status write();
  void complain(const core::Status& status);

  std::unique_ptr<Database> database_;
  KeyRing& ring_;
  limits::Ledger& ledger_;
  std::int64_t seen_ = 0;                      // the data_version that is known
  std::map<Name, limits::Balance> unwritten_;  // what could not be written yet
  std::string complaint_;                      // the last one
  std::mutex mutex_;
  std::condition_variable wake_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace gatehouse::store
