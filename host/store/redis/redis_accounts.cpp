#include "store/redis/redis_accounts.h"

#include <Poco/Logger.h>
#include <openssl/sha.h>

#include <cstring>

#include "core/text/hex.h"
#include "core/text/identifier.h"
#include "core/wait.h"
#include "store/redis/redis_script.h"

namespace gatehouse::store {

using core::Code;
using core::Result;
using core::Status;
using limits::Dimension;
using limits::SharedItem;
using SteadyClock = std::chrono::steady_clock;

namespace {

constexpr std::size_t kMostLinks = 16;
constexpr std::size_t kHead = 2, kPerItem = 5;  // numbers in the script's answer

std::string script_hash() {
  unsigned char digest[SHA_DIGEST_LENGTH];
  SHA1(reinterpret_cast<const unsigned char*>(kSharedAccountsScript), std::strlen(kSharedAccountsScript), digest);
  return core::hex(digest);
}

std::int64_t steady_us() {
  return std::chrono::duration_cast<std::chrono::microseconds>(SteadyClock::now().time_since_epoch()).count();
}

}  // namespace

RedisAccounts::RedisAccounts(RedisOptions options, std::string self)
    : options_(std::move(options)),
      self_(std::move(self)),
      script_(script_hash()),
      root_(options_.prefix + ":{limits}:"),
      numbers_(root_ + "from:" + core::random_hex(8)),
      had_lost_(std::chrono::seconds(10)) {}

limits::SharedAccounts::Taken RedisAccounts::take(std::span<SharedItem> items) {
  const std::int64_t epoch = epoch_.load(std::memory_order_acquire);
  if (epoch == 0) return Taken::unknown;
  std::vector<std::string> keys{root_ + "epoch", numbers_};
  const std::int64_t patience = std::chrono::microseconds(options_.timeout).count();
  std::vector<std::string> arguments{"take", std::to_string(epoch),
                                     std::to_string(server_time() + patience), self_};
  for (const SharedItem& item : items) {
    keys.push_back(key(epoch, item.scope, item.dimension, item.name));
    append(arguments, item.dimension, item.most, item.amount, item.period, *item.calendar);
  }
  core::may_block();
  Link link = borrow();
  if (link == nullptr) return Taken::unknown;
  const auto answer = link->script(kSharedAccountsScript, script_, keys, arguments);
  give_back(answer.ok() ? std::move(link) : nullptr);
  if (!answer.ok()) lose(answer.status());
  return answer.ok() ? understood(*answer, items) : Taken::unknown;
}

limits::SharedAccounts::Taken RedisAccounts::understood(const std::vector<std::int64_t>& answer,
                                                        std::span<SharedItem> items) {
  if (answer.size() < kHead || answer[0] == kOtherEpoch) {
    lose({core::Code::upstream_unreachable, "Redis has lost what it knew"});
    return Taken::unknown;
  }
  learn_time(answer[1]);
  if (answer[0] == kTooLate || answer.size() != kHead + kPerItem * items.size()) return Taken::unknown;
  const std::int64_t* told = answer.data() + kHead;
  for (SharedItem& item : items) {
    item.fits = told[0] != 0;
    item.remaining = told[1];
    const limits::Rule rule(item.dimension, item.most, *item.calendar);
    item.until_full = rule.info().is_window() ? rule.until_end(limits::real_time()).count() : told[2] * 1000;
    item.until_fits = told[3] * 1000;
    item.period = static_cast<std::int32_t>(told[4]);
    told += kPerItem;
    if (answer[0] == kDone) confirmed_.add(item, answer[1]);
  }
  return answer[0] == kDone ? Taken::all : Taken::none;
}

// What cost more than was reserved is told at once: the other gateways may be about to give it away.
void RedisAccounts::charge(const SharedItem& item) {
  const std::lock_guard lock(mutex_);
  Charge& charge = charges_[{item.of_others, item.scope, item.name, item.dimension, item.period}];
  charge.most = item.most;
  charge.amount += item.amount;
  charge.calendar = item.calendar;
  if (item.amount <= 0 || !reachable() || std::exchange(urgent_, true)) return;
  wake_.notify_one();
}

void RedisAccounts::remember(const SharedItem& item) { confirmed_.add(item, server_time()); }

std::int64_t RedisAccounts::server_time() const { return steady_us() + ahead_.load(std::memory_order_relaxed); }

// Adds what the script is told of an account. The offset is that of now by our clock: it changes twice a year.
void RedisAccounts::append(std::vector<std::string>& arguments, Dimension dimension, std::int64_t most,
                           std::int64_t amount, std::int64_t period, const core::Calendar& calendar) {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  const std::int64_t offset = calendar.offset(std::chrono::duration_cast<std::chrono::seconds>(now).count());
  const core::DimensionInfo& row = core::info(dimension);
  arguments.insert(arguments.end(), {row.is_window() ? kSpanNames[static_cast<std::size_t>(row.span)] : kRefills,
                                     std::to_string(most), std::to_string(amount), std::to_string(period),
                                     std::to_string(offset)});
}

// The answer is older than now, so that the time we take for the server's is never ahead of it.
void RedisAccounts::learn_time(std::int64_t server_us) {
  ahead_.store(server_us - steady_us(), std::memory_order_relaxed);
}

// nullptr: no link came free in time, or none could be made.
RedisAccounts::Link RedisAccounts::borrow() {
  {
    std::unique_lock lock(links_mutex_);
    const auto there = [this] { return !links_.empty() || links_in_use_ < kMostLinks; };
    if (!link_back_.wait_for(lock, options_.timeout, there)) return nullptr;
    ++links_in_use_;
    if (!links_.empty()) {
      Link link = std::move(links_.back());
      links_.pop_back();
      return link;
    }
  }
  Result<Link> link = RedisLink::connect(options_);
  if (link.ok()) return *std::move(link);
  give_back(nullptr);
  lose(link.status());
  return nullptr;
}

// nullptr: the link has failed, and its place is free.
void RedisAccounts::give_back(Link link) {
  const std::lock_guard lock(links_mutex_);
  --links_in_use_;
  if (link != nullptr) links_.push_back(std::move(link));
  link_back_.notify_one();
}

// From now on no request asks, until the courier has joined the server again.
void RedisAccounts::lose(const Status& why) {
  if (epoch_.exchange(0, std::memory_order_acq_rel) != 0) failures_.fetch_add(1, std::memory_order_relaxed);
  {
    const std::lock_guard lock(links_mutex_);
    links_.clear();
  }
  complain(why);
}

// Logs a failure once, not fifty times a second; and its end.
void RedisAccounts::complain(const Status& status) {
  {
    const std::lock_guard lock(complaint_mutex_);
    if (status.ok() == complaint_.empty()) return;
    complaint_ = status.message();
  }
  Poco::Logger& logger = Poco::Logger::get("gatehouse");
  if (status.ok())
    logger.information("the shared limits are back");
  else
    logger.error("the shared limits cannot be reached: " + std::string(status.message()));
}

}  // namespace gatehouse::store
