#include "store/bookkeeper.h"

#include <Poco/Logger.h>

#include <algorithm>
#include <map>
#include <new>
#include <tuple>

#include "core/text/visible.h"
#include "store/books/books.h"
#include "store/keys/keys.h"
#include "store/books/late_books.h"
#include "store/books/period_spending.h"
#include "store/books/retention.h"
#include "store/state.h"

namespace gatehouse::store {

using core::Status;

namespace {

// Whether the limit was in force before: whoever spends under it has a balance.
bool has_counted(const std::vector<limits::Balance>& balances, const PeriodLimit& limit) {
  return std::any_of(balances.begin(), balances.end(), [&](const limits::Balance& balance) {
    return balance.scope == limit.scope && balance.dimension == limit.dimension &&
           limits::label_of(balance.name) == limit.label;
  });
}

// How many were written in a period that is yet to come, by the calendar of their limit.
std::size_t written_ahead(const std::vector<limits::Balance>& balances, const limits::Ledger& ledger) {
  std::map<std::tuple<core::Scope, std::string, core::Dimension>, std::int32_t, std::less<>> present;
  for (const limits::Line& line : ledger.lines()) {
    for (const limits::Rule& rule : line.rules)
      present[{line.scope, line.label, rule.dimension()}] = rule.present(ledger.now()).number;
  }
  return static_cast<std::size_t>(std::count_if(balances.begin(), balances.end(), [&](const limits::Balance& one) {
    if (one.period == 0) return false;
    const auto known = present.find(std::tuple(one.scope, limits::label_of(one.name), one.dimension));
    return one.period >
           (known != present.end() ? known->second : limits::Rule(one.dimension, 1).present(ledger.now()).number);
  }));
}

}  // namespace

Status Bookkeeper::load(Predecessor predecessor) try {
  GH_TRY(load_keys());
  const std::vector<limits::Balance> balances = read_balances(*database_, ledger_.now().unix_ns);
  ledger_.restore(balances);
  show_restored_(balances);
  if (const std::size_t ahead = written_ahead(balances, ledger_); ahead != 0)
    Poco::Logger::get("gatehouse").warning(told_of_balances_ahead(ahead));
  for (const PeriodLimit& limit : period_limits(ledger_)) {
    if (!has_counted(balances, limit)) ledger_.begin_with(period_spending(*database_, ledger_, limit));
  }
  open_late_books(*database_);
  predecessor_ = predecessor;
  return charge_late();
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
    database_->wait_at_most(kLastWait);
  }
  wake_.notify_all();
  thread_.join();
}

Status Bookkeeper::health() const {
  const std::lock_guard lock(mutex_);
  return health_;
}

bool Bookkeeper::has_predecessor() const {
  const std::lock_guard lock(mutex_);
  return predecessor_ == Predecessor::running;
}

Status Bookkeeper::hand_over() { return play(Role::predecessor); }
void Bookkeeper::take_back() { (void)play(Role::owner); }

// Has the thread change roles, and waits until it has.
Status Bookkeeper::play(Role role) {
  std::unique_lock lock(mutex_);
  wanted_ = role;
  played_.reset();
  wake_.notify_all();
  wake_.wait(lock, [this] { return played_ || stopping_; });
  return played_.value_or(Status(core::Code::overloaded, "the gateway is about to end"));
}

void Bookkeeper::predecessor_ended() {
  const std::lock_guard lock(mutex_);
  predecessor_ended_ = true;
}

void Bookkeeper::run() {
  Clock::time_point written = Clock::now();
  Clock::time_point tidied = written - kTidy;
  std::unique_lock lock(mutex_);
  while (true) {
    wake_.wait_for(lock, kNotice, [this] { return stopping_ || wanted_ != role_; });
    if (stopping_) break;
    const Role wanted = wanted_;
    lock.unlock();
    try {
      wanted != role_ ? answer(change_role(wanted)) : keep_books(written, tidied);
    } catch (const std::bad_alloc&) {
      std::this_thread::sleep_for(kNotice);  // nothing is lost by it, and there may be memory again
    }
    lock.lock();
  }
  lock.unlock();
  write_last();
}

// To whoever waits in play().
void Bookkeeper::answer(Status changed) {
  {
    const std::lock_guard lock(mutex_);
    wanted_ = role_;
    played_ = std::move(changed);
  }
  wake_.notify_all();
}

void Bookkeeper::write_last() {
  Status last = write();
  if (last.ok()) last = write();  // the first may have been of what could not be written before
  tell(last);
  if (!last.ok()) tell_unwritten();
}

// Throws std::bad_alloc.
void Bookkeeper::keep_books(Clock::time_point& written, Clock::time_point& tidied) {
  watch_clock();
  const Status read = look();
  if (const auto now = Clock::now(); read.ok() && (now - written >= kBatch || role_ == Role::predecessor)) {
    written = now;
    written_ = write();
    if (now - tidied >= kTidy && !tidy()) tidied = now;
  }
  tell(read.ok() ? written_ : read);
}

void Bookkeeper::watch_clock() {
  if (const auto set = clock_.look(ledger_.now())) Poco::Logger::get("gatehouse").warning(*set);
}

// What the next start does not know. Whoever runs the gateway can add it up by hand.
void Bookkeeper::tell_unwritten() {
  constexpr std::size_t kMostNamed = 10;
  for (const limits::UsageLine& line : usage_) ledger_.usage().add(line);
  const std::vector<limits::UsageLine> usage = ledger_.usage().take();
  const std::size_t balances = role_ == Role::owner ? unwritten_.size() : late_.differences().size();
  std::string text = "not written down: " + std::to_string(balances) + " balances, and the usage of " +
                     std::to_string(usage.size()) + " clients with a model";
  for (std::size_t i = 0; i < std::min(kMostNamed, usage.size()); ++i) {
    const limits::UsageLine& line = usage[i];
    text += (i == 0 ? ": " : "; ") + core::visible(line.client) + " with " + core::visible(line.model) + ": " +
            std::to_string(line.requests) + " requests, " + std::to_string(line.input) + " tokens in, " +
            std::to_string(line.output) + " out, " + std::to_string(line.nanodollars) + " nano-dollars";
  }
  if (usage.size() > kMostNamed) text += "; and others";
  Poco::Logger::get("gatehouse").error(text);
}

Status Bookkeeper::change_role(Role role) try {
  if (role == Role::predecessor) {
    GH_TRY(write());
    (void)take_late(*database_);
    late_ = limits::LateSpending(read_balances(*database_, ledger_.now().unix_ns));
  } else {
    for (limits::Balance& balance : late_.changed()) unwritten_.insert_or_assign(name_of(balance), std::move(balance));
    has_stale_rows_ = true;
  }
  role_ = role;
  return write();
} catch (const std::exception& error) {
  return failed("the balances could not be handed over", error);
}

// Charges what the predecessor has spent since the last look, and frees the slots it leaves behind.
Status Bookkeeper::charge_late() {
  bool running, ended;
  {
    const std::lock_guard lock(mutex_);
    running = predecessor_ == Predecessor::running;
    ended = std::exchange(predecessor_ended_, false);
    if (ended) predecessor_ = Predecessor::none;
  }
  std::vector<limits::Balance> differences = take_late(*database_);
  const auto is_slot = [](const limits::Balance& one) { return one.dimension == core::Dimension::concurrent; };
  if (!running) std::erase_if(differences, is_slot);
  for (const limits::Balance& one : differences)
    if (is_slot(one)) slots_.try_emplace(name_of(one), one).first->second.most += one.spent;
  if (ended) {
    for (auto& [name, slot] : std::exchange(slots_, {})) {
      slot.spent = -slot.most;
      if (slot.spent != 0) differences.push_back(slot);
    }
  }
  ledger_.charge(differences);
  return {};
}

// After a failure the keys known so far stay good, and the next look reads again.
Status Bookkeeper::look() try {
  if (!database_->is_at_path()) GH_TRY(reopen());
  if (has_predecessor()) GH_TRY(charge_late());
  return database_->data_version() == seen_ ? Status() : load_keys();
} catch (const std::exception& error) {
  return failed("the keys could not be read anew", error);
}

// Somebody moved or deleted the file. A file in its place now may be a backup that was brought back.
Status Bookkeeper::reopen() {
  GH_ASSIGN(std::unique_ptr<Database> database, reopen_database(database_->data_dir(), ring_.hash()));
  {
    const std::lock_guard lock(mutex_);
    if (stopping_) database->wait_at_most(kLastWait);
    database_ = std::move(database);
  }
  return load_keys();
}

// After a failure the balances and usage are kept, and written the next time, before what has come meanwhile.
Status Bookkeeper::write() {
  if (changed_.empty()) changed_ = ledger_.changes();
  if (usage_.empty()) usage_ = ledger_.usage().take();
  show_changed_(changed_);
  try {
    write_corrections();
    role_ == Role::owner ? write_balances() : write_differences();
    usage_.clear();
    return {};
  } catch (const std::exception& error) {
    return failed("what was spent could not be written down", error);
  }
}

void Bookkeeper::note(CorrectionLine correction) {
  const std::lock_guard lock(mutex_);
  corrections_.push_back(std::move(correction));
}

void Bookkeeper::write_corrections() {
  std::vector<CorrectionLine> lines;
  {
    const std::lock_guard lock(mutex_);
    lines = corrections_;
  }
  if (lines.empty()) return;
  store::write_corrections(*database_, lines);
  const std::lock_guard lock(mutex_);
  corrections_.erase(corrections_.begin(), corrections_.begin() + std::ssize(lines));
}

// Puts away what is over, in memory and on disk. True: there is more. A failure is met again by the next batch.
bool Bookkeeper::tidy() try {
  ledger_.forget_idle();
  return put_away(*database_, ledger_.now(), ledger_.now().day() - static_cast<std::int32_t>(keep_usage_.count()) + 1);
} catch (const std::exception&) {
  return false;
}

void Bookkeeper::write_balances() {
  for (const limits::Balance& balance : changed_) unwritten_.insert_or_assign(name_of(balance), balance);
  changed_.clear();
  if (has_stale_rows_) (void)take_late(*database_);
  has_stale_rows_ = false;
  if (unwritten_.empty() && usage_.empty()) return;
  std::vector<limits::Balance> balances;
  balances.reserve(unwritten_.size());
  for (const auto& [name, balance] : unwritten_) balances.push_back(balance);
  write_books(*database_, balances, usage_);
  unwritten_.clear();
}

void Bookkeeper::write_differences() {
  late_.note(changed_, ledger_.slots());
  changed_.clear();
  const std::vector<limits::Balance> differences = late_.differences();
  if (differences.empty() && usage_.empty()) return;
  write_late(*database_, differences, usage_);
  late_.told();
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
