// The accounts that several gateways share, in Redis or Valkey. A request asks once, over a connection of a small
// pool, and never waits longer than the time-out. One thread, the courier, delivers later charges in batches and
// looks whether a lost server is back; meanwhile no request waits for it. A server that has lost its data is told
// again what this gateway has spent; a promoted replica misses the writes that had not reached it. If the server
// fails after taking and before answering, those reservations stay charged. The accounts may show more than was
// used, never less. Thread-safe; start() and stop() belong to one thread.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <tuple>
#include <vector>

#include "limits/accounts/shared_accounts.h"
#include "limits/notes.h"
#include "store/redis/redis_link.h"

namespace gatehouse::store {

class RedisAccounts final : public limits::SharedAccounts {
 public:
  // What this gateway has spent by itself, for a server that knows nothing.
  using Spent = std::function<core::Result<std::vector<limits::Balance>>()>;

  RedisAccounts(RedisOptions options, Spent spent);
  ~RedisAccounts() override { stop(); }

  void start();
  void stop();  // delivers the last charges, if the server is there

  Taken take(std::span<limits::SharedItem> items) override;
  void charge(const limits::SharedItem& item) override;

  bool reachable() const override { return epoch_.load(std::memory_order_acquire) != 0; }
  std::uint64_t failures() const override { return failures_.load(std::memory_order_relaxed); }

 private:
  using Account = std::tuple<limits::Scope, std::string, limits::Dimension, std::int32_t>;
  struct Charge {
    std::int64_t most;
    std::int64_t amount;
  };
  using Charges = std::map<Account, Charge>;
  using Link = std::unique_ptr<RedisLink>;

  Link borrow();
  void give_back(Link link);
  void lose(const core::Status& why);
  void complain(const core::Status& status);
  Taken understood(const std::vector<std::int64_t>& answer, std::span<limits::SharedItem> items);
  std::string key(std::int64_t epoch, limits::Scope scope, limits::Dimension dimension, const std::string& name) const;
  static void append(std::vector<std::string>& arguments, limits::Dimension dimension, std::int64_t most,
                     std::int64_t amount, std::int32_t period);
  void learn_time(std::int64_t server_us);

  void run();
  core::Status visit();
  core::Result<std::int64_t> current_epoch();
  core::Status join();
  core::Status learn(std::int64_t epoch);
  core::Status tell();
  core::Status deliver(std::int64_t epoch);
  core::Status send(std::int64_t epoch);

  const RedisOptions options_;
  const Spent spent_;
  const std::string script_;            // its hash
  const std::string root_;              // of every key
  const std::string self_;              // the key that remembers our charges
  std::atomic<std::int64_t> epoch_{0};  // 0: the server is away, or has not been joined
  std::atomic<std::int64_t> ahead_{0};  // microseconds by which the server's clock is ahead of ours
  std::atomic<std::uint64_t> failures_{0};

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

  // For the courier alone.
  std::int64_t joined_ = 0;  // the last epoch we have been in
  Charges under_way_;        // sent, perhaps; to be sent again under the same number
  std::int64_t number_ = 0;
  Link link_;
  std::thread thread_;
};

}  // namespace gatehouse::store
