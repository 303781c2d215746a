// The one thread that talks to the database while the gateway serves: it notices what
// `gatehouse key` changed, and does so within kNotice. start() and stop() belong to one thread.
#pragma once

#include <Poco/Data/Session.h>

#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <thread>

#include "store/database.h"
#include "store/key_ring.h"

namespace gatehouse::store {

class Watch {
 public:
  static constexpr std::chrono::milliseconds kNotice{50};

  // REQUIRES: ring outlives the watch.
  Watch(std::unique_ptr<Database> database, KeyRing& ring) : database_(std::move(database)), ring_(ring) {}
  ~Watch() { stop(); }

  core::Status load();  // what is in the database now; before start()
  void start();
  void stop();

 private:
  void run();
  void look();

  std::unique_ptr<Database> database_;
  KeyRing& ring_;
  std::int64_t seen_ = 0;
  bool complained_ = false;
  std::mutex mutex_;
  std::condition_variable wake_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace gatehouse::store
