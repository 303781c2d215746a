// RedisAccounts' thread, the courier: looks whether the server is there and still has its data, and delivers charges.
#include <algorithm>
#include <random>

#include "store/redis/redis_accounts.h"
#include "store/redis/redis_script.h"

namespace gatehouse::store {

using core::Code;
using core::Result;
using core::Status;

namespace {

constexpr auto kVisit = std::chrono::milliseconds(20);
constexpr auto kCompare = std::chrono::milliseconds(200);
constexpr auto kForget = std::chrono::minutes(1);
constexpr auto kSettling = std::chrono::milliseconds(200);  // in which each gateway notices that a server is back
constexpr std::size_t kMostAccounts = 100;                  // in one call of the script

// Never 0, and small enough for Lua's numbers to hold it exactly.
std::int64_t new_epoch() {
  std::random_device device;
  return std::uniform_int_distribution<std::int64_t>(1, (std::int64_t{1} << 53) - 1)(device);
}

template <class Account>
bool is_of_others(const Account& account) {
  return std::get<0>(account);
}

Status other_epoch() { return {Code::upstream_unreachable, "Redis has lost what it knew"}; }

}  // namespace

void RedisAccounts::start() {
  if (const Status status = visit(); !status.ok()) lose(status);
  thread_ = std::thread([this] { run(); });
}

void RedisAccounts::stop() {
  if (!thread_.joinable()) return;
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  thread_.join();
}

void RedisAccounts::run() {
  std::unique_lock lock(mutex_);
  while (true) {
    wake_.wait_for(lock, kVisit, [this] { return stopping_ || urgent_; });
    if (stopping_) break;
    urgent_ = false;
    lock.unlock();
    if (const Status status = visit(); status.ok())
      complain(status);
    else
      lose(status);
    lock.lock();
  }
  lock.unlock();
  complain(visit());
}

// Connects and joins if need be, delivers the charges, and compares. A server that was away is not asked before all
// gateways have had the time to tell what it misses.
Status RedisAccounts::visit() {
  if (link_ == nullptr) {
    GH_ASSIGN(link_, RedisLink::connect(options_));
    if (joined_ != 0) opens_ = Clock::now() + kSettling;
    anew_ = true;
  }
  Status status = join();
  if (status.ok() && anew_) status = compare();  // first: what is given back below was taken before
  if (status.ok()) status = deliver(joined_);
  if (status.ok()) status = compare();
  if (!status.ok())
    link_ = nullptr;
  else if (Clock::now() >= opens_)
    epoch_.store(joined_, std::memory_order_release);
  return status;
}

Result<std::int64_t> RedisAccounts::current_epoch() {
  GH_ASSIGN(const auto found, link_->command({"GET", root_ + "epoch"}));
  return found.empty() ? 0 : found.front();
}

// An epoch ends when the server loses its data, the number of the epoch included.
Status RedisAccounts::join() {
  GH_ASSIGN(std::int64_t current, current_epoch());
  if (current != 0 && current == joined_) return {};
  if (current == 0) {
    const std::int64_t proposed = new_epoch();
    GH_TRY(link_->command({"SET", root_ + "epoch", std::to_string(proposed), "NX"}).status());
    GH_ASSIGN(current, current_epoch());  // another gateway may have been first
  }
  GH_TRY(learn(current));
  epoch_.store(0, std::memory_order_release);
  if (joined_ != 0) opens_ = Clock::now() + kSettling;
  anew_ = true;
  joined_ = current;
  return {};
}

// Learns the server's time, by a charge of nothing.
Status RedisAccounts::learn(std::int64_t epoch) {
  GH_ASSIGN(const auto answer, link_->script(kSharedAccountsScript, script_, {root_ + "epoch", numbers_},
                                             {"charge", std::to_string(epoch), std::to_string(number_), self_}));
  if (answer.size() != 2 || answer.front() != kDone) return other_epoch();
  learn_time(answer.back());
  return {};
}

// Has the server hold at least what it has confirmed of our spending: all of it where it was joined anew, else what
// has grown since.
Status RedisAccounts::compare() {
  const Clock::time_point now = Clock::now();
  if (!anew_ && now - compared_ < kCompare) return {};
  const std::vector<ConfirmedSpending::Told> told = anew_ ? confirmed_.all() : confirmed_.changed();
  for (std::span<const ConfirmedSpending::Told> rest = told; !rest.empty();) {
    const std::size_t some = std::min(rest.size(), kMostAccounts);
    GH_TRY(tell(rest.first(some)));
    rest = rest.subspan(some);
  }
  anew_ = false;
  compared_ = now;
  if (now - forgotten_ < kForget) return {};
  forgotten_ = now;
  confirmed_.forget(server_time());
  return {};
}

Status RedisAccounts::tell(std::span<const ConfirmedSpending::Told> told) {
  std::vector<std::string> keys{root_ + "epoch", numbers_};
  std::vector<std::string> arguments{"tell", std::to_string(joined_), "0", self_};
  for (const ConfirmedSpending::Told& one : told) {
    keys.push_back(key(joined_, one.scope, one.dimension, one.name));
    append(arguments, one.dimension, one.most, one.level, one.at, *one.calendar);
  }
  GH_ASSIGN(const auto answer, link_->script(kSharedAccountsScript, script_, keys, arguments));
  if (answer.size() != 3 || answer.front() != kDone) return other_epoch();
  if (answer.back() > 0)
    had_lost_.say("Redis had lost what this gateway has spent of " + std::to_string(answer.back()) +
                  " accounts, and was told again");
  return {};
}

// A server that was away gets a write even if there is no charge: a replica answers questions but refuses writes.
Status RedisAccounts::deliver(std::int64_t epoch) {
  for (bool away = !reachable();; away = false) {
    if (under_way_.empty()) {
      const std::lock_guard lock(mutex_);
      const auto goes_along = [this] {
        return under_way_.empty() || is_of_others(charges_.begin()->first) == is_of_others(under_way_.begin()->first);
      };
      while (!charges_.empty() && under_way_.size() < kMostAccounts && goes_along()) {
        under_way_.insert(charges_.extract(charges_.begin()));
      }
      if (under_way_.empty() && !away) return {};
      ++number_;
    }
    GH_ASSIGN(const std::int64_t server_us, send(epoch));
    for (const auto& [account, charge] : under_way_) {
      const auto& [of_others, scope, name, dimension, period] = account;
      if (of_others) continue;
      limits::SharedItem item{scope, name, dimension, charge.most, charge.amount, period};
      item.calendar = charge.calendar;
      confirmed_.add(item, server_us);
    }
    under_way_.clear();
  }
}

// The server's time as it charged them.
Result<std::int64_t> RedisAccounts::send(std::int64_t epoch) {
  std::vector<std::string> keys{root_ + "epoch", numbers_};
  const bool of_others = !under_way_.empty() && is_of_others(under_way_.begin()->first);
  std::vector<std::string> arguments{"charge", std::to_string(epoch), std::to_string(number_),
                                     of_others ? kOperators : self_};
  for (const auto& [account, charge] : under_way_) {
    const auto& [ignored, scope, name, dimension, period] = account;
    keys.push_back(key(epoch, scope, dimension, name));
    append(arguments, dimension, charge.most, charge.amount, period, *charge.calendar);
  }
  GH_ASSIGN(const auto answer, link_->script(kSharedAccountsScript, script_, keys, arguments));
  if (answer.size() != 2 || answer.front() != kDone) return other_epoch();
  return answer.back();
}

}  // namespace gatehouse::store
