// The accounts that several gateways share, in Redis or Valkey. A request asks once, over a connection of a small
// pool, and never waits longer than the time-out. One thread, the courier, delivers later charges in batches and
// looks whether a lost server is back; meanwhile no request waits for it. What this gateway has spent is compared with
// what the server knows of it whenever the server is joined, and several times a second where something was spent; what
// it misses it is told again, be it empty, restored, a promoted replica, or short of memory. If the server fails after
// taking and before answering, those reservations stay charged. The accounts may show more than was used, never less.
// Thread-safe; start() and stop() belong to one thread.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <thread>
#include <tuple>
#include <vector>

#include "core/rare_warning.h"
#include "limits/accounts/shared_accounts.h"
#include "store/redis/confirmed_spending.h"
#include "store/redis/redis_link.h"

namespace gatehouse::store {

class RedisAccounts final : public limits::SharedAccounts {
 public:
  // self: what tells this gateway from the others, and is the same when it is started again.
  RedisAccounts(RedisOptions options, std::string self);
  ~RedisAccounts() override { stop(); }

  void start();
  void stop();  // delivers the last charges, if the server is there

  Taken take(std::span<limits::SharedItem> items) override;
  void charge(const limits::SharedItem& item) override;
  void remember(const limits::SharedItem& item) override;

  bool reachable() const override { return epoch_.load(std::memory_order_acquire) != 0; }
  std::uint64_t failures() const override { return failures_.load(std::memory_order_relaxed); }

 private:
  // First: whether it is what other gateways have spent. Such charges are sent by themselves.
  using Account = std::tuple<bool, limits::Scope, std::string, limits::Dimension, std::int32_t>;
  struct Charge {
    std::int64_t most = 0;
    std::int64_t amount = 0;
    const core::Calendar* calendar = nullptr;
  };
  using Charges = std::map<Account, Charge>;
  using Link = std::unique_ptr<RedisLink>;

  Link borrow();
  void give_back(Link link);
  void lose(const core::Status& why);
  void complain(const core::Status& status);
  Taken understood(const std::vector<std::int64_t>& answer, std::span<limits::SharedItem> items);
  std::string key(std::int64_t epoch, limits::Scope scope, limits::Dimension dimension, const std::string& name) const {
    return root_ + std::to_string(epoch) + ":" + account_name(scope, dimension, name);
  }
  std::int64_t server_time() const;
  static void append(std::vector<std::string>& arguments, limits::Dimension dimension, std::int64_t most,
                     std::int64_t amount, std::int64_t period, const core::Calendar& calendar);
  void learn_time(std::int64_t server_us);

  void run();
  core::Status visit();
  core::Result<std::int64_t> current_epoch();
  core::Status join();
  core::Status learn(std::int64_t epoch);
  core::Status compare();
  core::Status tell(std::span<const ConfirmedSpending::Told> told);
  core::Status deliver(std::int64_t epoch);
  core::Result<std::int64_t> send(std::int64_t epoch);

  const RedisOptions options_;
  const std::string self_;
  const std::string script_;            // its hash
  const std::string root_;              // of every key
  const std::string numbers_;           // the key that remembers our last charge
  std::atomic<std::int64_t> epoch_{0};  // 0: the server is away, or has not been joined
  std::atomic<std::int64_t> ahead_{0};  // microseconds by which the server's clock is ahead of ours
  std::atomic<std::uint64_t> failures_{0};
  ConfirmedSpending confirmed_;
  core::RareWarning had_lost_;

  std::mutex links_mutex_;
  std::condition_variable link_back_;
  std::vector<Link> links_;  // idle
  std::size_t links_in_use_ = 0;

  std::mutex complaint_mutex_;
  std::string complaint_;  // empty: all is well

  std::mutex mutex_;  // guards the following members
  std::condition_variable wake_;
  Charges charges_;
  bool stopping_ = false;
  bool urgent_ = false;  // the courier is not to wait

  // For the courier alone.
  using Clock = std::chrono::steady_clock;
  bool anew_ = true;               // nothing was compared since the server was joined
  Clock::time_point opens_{};      // before that, other gateways may not have told what the server misses
  Clock::time_point compared_{};
  Clock::time_point forgotten_{};
  std::int64_t joined_ = 0;  // the last epoch we have been in
  Charges under_way_;        // sent, perhaps; to be sent again under the same number
  std::int64_t number_ = 0;
  Link link_;
  std::thread thread_;
};

}  // namespace gatehouse::store
