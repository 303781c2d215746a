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
constexpr std::size_t kMostCharges = 100;  // in one call of the script
constexpr std::int64_t kMinute = 60'000'000'000;

// Never 0, and small enough for Lua's numbers to hold it exactly.
std::int64_t new_epoch() {
  std::random_device device;
  return std::uniform_int_distribution<std::int64_t>(1, (std::int64_t{1} << 53) - 1)(device);
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
  while (!wake_.wait_for(lock, kVisit, [this] { return stopping_; })) {
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

// Connects and joins if need be, and delivers the charges.
Status RedisAccounts::visit() {
  if (link_ == nullptr) {
    GH_ASSIGN(link_, RedisLink::connect(options_));
  }
  Status status = join();
  if (status.ok()) status = deliver(joined_);
  if (status.ok())
    epoch_.store(joined_, std::memory_order_release);
  else
    link_ = nullptr;
  return status;
}

Result<std::int64_t> RedisAccounts::current_epoch() {
  GH_ASSIGN(const auto found, link_->command({"GET", root_ + "epoch"}));
  return found.empty() ? 0 : found.front();
}

// An epoch ends when the server loses its data, the number of the epoch included. Then each gateway tells what it has
// spent. A gateway that has just started tells nothing if the epoch goes on.
Status RedisAccounts::join() {
  GH_ASSIGN(std::int64_t current, current_epoch());
  if (current != 0 && current == joined_) return {};
  bool forgotten = joined_ != 0;
  if (current == 0) {
    const std::int64_t proposed = new_epoch();
    GH_TRY(link_->command({"SET", root_ + "epoch", std::to_string(proposed), "NX"}).status());
    GH_ASSIGN(current, current_epoch());  // another gateway may have been first
    forgotten |= current == proposed;
  }
  GH_TRY(learn(current));
  if (forgotten) GH_TRY(tell());
  joined_ = current;
  return {};
}

// Learns the server's time, by a charge of nothing.
Status RedisAccounts::learn(std::int64_t epoch) {
  GH_ASSIGN(const auto answer, link_->script(kSharedAccountsScript, script_, {root_ + "epoch", self_},
                                             {"charge", std::to_string(epoch), std::to_string(number_)}));
  if (answer.size() != 2 || answer.front() != kDone) return other_epoch();
  learn_time(answer.back());
  return {};
}

// Replaces the charges by everything that this gateway has spent.
Status RedisAccounts::tell() {
  GH_ASSIGN(const auto balances, spent_());
  const std::int64_t now =
      std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::system_clock::now().time_since_epoch()).count();
  Charges told;
  for (const limits::Balance& balance : balances) {
    if (balance.spent <= 0 || (balance.period == 0 && balance.unix_ns < now - kMinute)) continue;
    told[{balance.scope, balance.name, balance.dimension, balance.period}] = {balance.most, balance.spent};
  }
  {
    const std::lock_guard lock(mutex_);
    charges_.swap(told);  // the balances include the former charges
  }
  under_way_.clear();
  return {};
}

// A server that was away gets a write even if there is no charge: a replica answers questions but refuses writes.
Status RedisAccounts::deliver(std::int64_t epoch) {
  for (bool away = !reachable();; away = false) {
    if (under_way_.empty()) {
      const std::lock_guard lock(mutex_);
      while (!charges_.empty() && under_way_.size() < kMostCharges) {
        under_way_.insert(charges_.extract(charges_.begin()));
      }
      if (under_way_.empty() && !away) return {};
      ++number_;
    }
    GH_TRY(send(epoch));
    under_way_.clear();
  }
}

Status RedisAccounts::send(std::int64_t epoch) {
  std::vector<std::string> keys{root_ + "epoch", self_};
  std::vector<std::string> arguments{"charge", std::to_string(epoch), std::to_string(number_)};
  for (const auto& [account, charge] : under_way_) {
    const auto& [scope, name, dimension, period] = account;
    keys.push_back(key(epoch, scope, dimension, name));
    append(arguments, dimension, charge.most, charge.amount, period);
  }
  GH_ASSIGN(const auto answer, link_->script(kSharedAccountsScript, script_, keys, arguments));
  return answer.empty() || answer.front() != kDone ? other_epoch() : Status();
}

}  // namespace gatehouse::store
