// Host names to addresses, within the deadlines of the rest of a call. One thread looks names up for everybody: all who
// wait for a name share one look-up, and what was found, or not, is remembered for a short while. A caller who
// gives up leaves the look-up to the others. Thread-safe.
#pragma once

#include <Poco/Net/SocketAddress.h>

#include <atomic>
#include <chrono>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "core/status.h"
#include "net/dial/lookups.h"
#include "net/dial/deadlines.h"
#include "net/http/url.h"

namespace gatehouse::net {

class Resolver {
 public:
  static core::Result<std::unique_ptr<Resolver>> create(DnsOptions options);
  ~Resolver();
  Resolver(const Resolver&) = delete;
  Resolver& operator=(const Resolver&) = delete;

  // Never empty; an address literal is taken as it is. Ends with the present phase of `deadlines`.
  core::Result<std::vector<Poco::Net::SocketAddress>> resolve(const Url& url, Deadlines& deadlines);

 private:
  using Clock = std::chrono::steady_clock;
  using FoundPtr = std::shared_ptr<const Found>;
  class Waiter;
  using WaiterPtr = std::shared_ptr<Waiter>;

  struct Name {
    FoundPtr found;           // nullptr: it is being looked up
    Clock::time_point until;  // `found` is good until then
    std::vector<WaiterPtr> waiters;
  };

  explicit Resolver(DnsOptions options) : options_(std::move(options)) {}
  FoundPtr remembered(std::string_view host);
  FoundPtr join(const std::string& host, const WaiterPtr& waiter);
  void leave(const std::string& host, const WaiterPtr& waiter);
  void make_room(Clock::time_point now);
  core::Result<FoundPtr> look_up(const Url& url, Deadlines& deadlines);

  void run();
  void turn(std::unique_ptr<Lookups>& lookups);
  std::vector<std::string> take_wanted();
  void tell(const std::string& host, Found found);
  void give_up();

  const DnsOptions options_;
  std::mutex mutex_;
  std::map<std::string, Name, std::less<>> names_;  // guarded by mutex_
  std::vector<std::string> wanted_;                 // guarded by mutex_: not yet being looked up
  std::atomic<bool> stopping_{false};
  int wake_ = -1;  // an eventfd: a name is wanted, or it is time to stop
  std::thread thread_;
};

}  // namespace gatehouse::net
