// The one thread that talks to the database while the gateway serves. It writes the spending in batches and notices
// what `gatehouse key` changed; no request ever waits for it.
//
// Reservations that a killed process had not settled stay charged, as far as they were written: the spending of the
// last kBatch before the kill may be forgiven. start() and stop() belong to one thread.
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
  static constexpr std::chrono::minutes kTidy{60};         // until what is over is put away
  static constexpr std::chrono::milliseconds kBatch{200};  // until a balance is on disk, where the disk keeps up

  // REQUIRES: ring and ledger outlive the bookkeeper.
  // keep_usage: for how many days.
  Bookkeeper(std::unique_ptr<Database> database, KeyRing& ring, limits::Ledger& ledger,
             std::chrono::days keep_usage = std::chrono::days(400))
      : database_(std::move(database)), ring_(ring), ledger_(ledger), keep_usage_(keep_usage) {}
  ~Bookkeeper() { stop(); }

  core::Status load();  // reads keys and balances from the database; before start()
  void start();
  void stop();                  // the last batch is written; health() says whether it could be
  core::Status health() const;  // of the database, when it was last used. Any thread

 private:
  using Name = std::tuple<limits::Scope, std::string, limits::Dimension, std::int32_t>;

  void run();
  core::Status look();
  core::Status load_keys();
  core::Status write();
  core::Status reopen();
  bool tidy();
  void tell(const core::Status& status);

  std::unique_ptr<Database> database_;
  KeyRing& ring_;
  limits::Ledger& ledger_;
  const std::chrono::days keep_usage_;
  std::int64_t seen_ = 0;                      // the data_version last read
  std::map<Name, limits::Balance> unwritten_;  // balances that could not be written yet
  core::Status written_;                       // how the last batch went
  mutable std::mutex mutex_;                   // of what follows
  core::Status health_;
  std::condition_variable wake_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace gatehouse::store
