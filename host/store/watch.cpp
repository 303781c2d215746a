#include "store/watch.h"

#include "store/keys.h"

#include <Poco/Logger.h>

namespace gatehouse::store {

using core::Status;

Status Watch::load() try {
  seen_ = database_->data_version();  // before the rows: what comes between is read twice, not missed
  core::Result<std::vector<StoredKey>> keys = Keys(*database_, ring_.hash()).list();
  if (!keys.ok()) return keys.status();
  ring_.replace(*keys);
  return {};
} catch (const std::exception& error) {
  return failed("the keys could not be read", error);
}

void Watch::start() {
  thread_ = std::thread([this] { run(); });
}

void Watch::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void Watch::run() {
  std::unique_lock lock(mutex_);
  while (!wake_.wait_for(lock, kNotice, [this] { return stopping_; })) {
    lock.unlock();
    look();
    lock.lock();
  }
}

// What cannot be read now is read the next time; the keys known so far stay good meanwhile.
void Watch::look() {
  Status status;
  try {
    if (database_->data_version() == seen_) return;
    status = load();
  } catch (const std::exception& error) {
    status = failed("the database could not be asked for changes", error);
  }
  if (!status.ok() && !complained_) Poco::Logger::get("gatehouse").error(std::string(status.message()));
  complained_ = !status.ok();
}

}  // namespace gatehouse::store
