#include "store/bookkeeper.h"

#include <Poco/Logger.h>

#include "store/books.h"
#include "store/keys.h"
#include "store/retention.h"
#include "store/state.h"

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

Status Bookkeeper::health() const {
  const std::lock_guard lock(mutex_);
  return health_;
}

void Bookkeeper::run() {
  Clock::time_point written = Clock::now();
  Clock::time_point tidied = written - kTidy;
  std::unique_lock lock(mutex_);
  while (!wake_.wait_for(lock, kNotice, [this] { return stopping_; })) {
    lock.unlock();
    const Status read = look();
    if (const auto now = Clock::now(); read.ok() && now - written >= kBatch) {
      written = now;
      written_ = write();
      if (now - tidied >= kTidy && !tidy()) tidied = now;
    }
    tell(read.ok() ? written_ : read);
    lock.lock();
  }
  lock.unlock();
  tell(write());
}

// After a failure the keys known so far stay good, and the next look reads again.
Status Bookkeeper::look() try {
  if (!database_->is_at_path()) GH_TRY(reopen());
  return database_->data_version() == seen_ ? Status() : load_keys();
} catch (const std::exception& error) {
  return failed("the keys could not be read anew", error);
}

// Somebody moved or deleted the file. A file in its place now may be a backup that was brought back.
Status Bookkeeper::reopen() {
  GH_ASSIGN(database_, reopen_database(database_->data_dir(), ring_.hash()));
  return load_keys();
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

// Puts away what is over, in memory and on disk. True: there is more. A failure is met again by the next batch.
bool Bookkeeper::tidy() try {
  ledger_.forget_idle();
  return put_away(*database_, ledger_.now(), ledger_.now().day() - static_cast<std::int32_t>(keep_usage_.count()) + 1);
} catch (const std::exception&) {
  return false;
}

// Logs a failure once as it begins and once as it ends, however often and however it fails in between.
void Bookkeeper::tell(const Status& status) {
  const Status before = health();
  {
    const std::lock_guard lock(mutex_);
    health_ = status;
  }
  Poco::Logger& logger = Poco::Logger::get("gatehouse");
  if (before.ok() && !status.ok()) logger.error(std::string(status.message()));
  if (!before.ok() && status.ok()) logger.information("the database works again");
}

}  // namespace gatehouse::store
