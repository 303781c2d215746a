#include "store/bookkeeper.h"

#include <Poco/Logger.h>

#include "store/books.h"
#include "store/keys.h"

namespace gatehouse::store {

using core::Status;
using Clock = std::chrono::steady_clock;

Status Bookkeeper::load() try {
  GH_TRY(load_keys());
  ledger_.restore(read_balances(*database_, ledger_.now().unix_ns));
  return {};
} catch (const std::exception& error) {
  return failed("the balances could not be read", error);
}

Status Bookkeeper::load_keys() {
  seen_ = database_->data_version();  // before the rows: a change in between is read twice, not missed
  GH_ASSIGN(const auto keys, Keys(*database_, ring_.hash()).list());
  ring_.replace(keys);
  return {};
}

void Bookkeeper::start() {
  thread_ = std::thread([this] { run(); });
}

void Bookkeeper::stop() {
  if (!thread_.joinable()) return;
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  thread_.join();
}

void Bookkeeper::run() {
  Clock::time_point written = Clock::now();
  std::unique_lock lock(mutex_);
  while (!wake_.wait_for(lock, kNotice, [this] { return stopping_; })) {
    lock.unlock();
    Status status = look();
    if (const auto now = Clock::now(); now - written >= kBatch) {
      written = now;
      if (Status books = write(); status.ok()) status = std::move(books);
    }
    complain(status);
    lock.lock();
  }
  lock.unlock();
  complain(write());
}

// After a failure the keys known so far stay good, and the next look reads again.
Status Bookkeeper::look() try {
  return database_->data_version() == seen_ ? Status() : load_keys();
} catch (const std::exception& error) {
  return failed("the keys could not be read anew", error);
}

// After a failure the balances and usage are kept, and written the next time.
Status Bookkeeper::write() {
  for (limits::Balance& balance : ledger_.changes()) {
    Name name{balance.scope, balance.name, balance.dimension, balance.period};
    unwritten_.insert_or_assign(std::move(name), std::move(balance));
  }
  const std::vector<limits::UsageLine> usage = ledger_.usage().take();
  if (unwritten_.empty() && usage.empty()) return {};
  std::vector<limits::Balance> balances;
  balances.reserve(unwritten_.size());
  for (const auto& [name, balance] : unwritten_) balances.push_back(balance);
  try {
    write_books(*database_, balances, usage);
    unwritten_.clear();
    return {};
  } catch (const std::exception& error) {
    for (const limits::UsageLine& line : usage) ledger_.usage().add(line);
    return failed("what was spent could not be written down", error);
  }
}

// Logs a failure once, not twenty times a second.
void Bookkeeper::complain(const Status& status) {
  if (status.message() == complaint_) return;
  complaint_ = status.message();
  Poco::Logger& logger = Poco::Logger::get("gatehouse");
  if (status.ok())
    logger.information("the database works again");
  else
    logger.error(complaint_);
}

}  // namespace gatehouse::store
