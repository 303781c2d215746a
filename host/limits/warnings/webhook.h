// Tells an operator's endpoint of something by POST: a bounded queue, and one thread of its own that sends, a few tries
// each, with a few seconds for a try. Whoever posts never waits; what finds no room is dropped and counted.
// Thread-safe.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "core/rare_warning.h"
#include "core/transport.h"

namespace gatehouse::limits {

struct WebhookTarget {
  std::string url;  // never in a log: it may have a token in it
  std::vector<std::pair<std::string, std::string>> headers;
};

struct WebhookCounts {
  std::uint64_t delivered = 0;
  std::uint64_t failed = 0;   // after its last try, or refused by the endpoint
  std::uint64_t dropped = 0;  // found no room, or no time before the end
};

class Webhook {
 public:
  static constexpr std::size_t kRoom = 1'000;  // documents that wait
  static constexpr int kTries = 3;

  // REQUIRES: transport outlives this object.
  explicit Webhook(core::Transport& transport) : transport_(transport) {}
  ~Webhook() { stop(std::chrono::milliseconds(0)); }
  Webhook(const Webhook&) = delete;
  Webhook& operator=(const Webhook&) = delete;

  void aim(std::optional<WebhookTarget> target);  // for what is sent from now on; none: nobody is told
  void post(std::string document);                // JSON
  // Sends what waits for so long at most, and drops the rest.
  void stop(std::chrono::milliseconds grace);

  WebhookCounts counts() const { return {delivered_, failed_, dropped_}; }

 private:
  using Clock = std::chrono::steady_clock;
  class Stopping;

  bool begin();
  void run();
  void handle(const std::string& document);
  void deliver(const std::string& document, const WebhookTarget& target);
  core::Status send(const std::string& document, const WebhookTarget& target, int& status);
  bool wait(std::chrono::milliseconds pause);
  bool is_over() const { return Clock::now().time_since_epoch().count() >= end_; }

  core::Transport& transport_;
  std::atomic<std::uint64_t> delivered_{0}, failed_{0}, dropped_{0};
  std::atomic<Clock::rep> end_{Clock::time_point::max().time_since_epoch().count()};  // of all sending
  core::RareWarning warning_{std::chrono::minutes(1)};
  std::mutex mutex_;
  std::condition_variable wake_;
  std::optional<WebhookTarget> target_;  // guarded by mutex_
  std::deque<std::string> waiting_;      // guarded by mutex_
  bool stopping_ = false;                // guarded by mutex_
  std::thread thread_;                   // guarded by mutex_ until stopping_; begins with the first document
};

}  // namespace gatehouse::limits
