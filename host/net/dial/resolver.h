// Host names to addresses, within the deadlines of the rest of a call. One thread looks names up for everybody. A caller
// who gives up leaves the look-up to the others. Thread-safe.
#pragma once

#include <Poco/Net/SocketAddress.h>

#include <atomic>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "core/status.h"
#include "net/dial/deadlines.h"
#include "net/dial/lookups.h"
#include "net/dial/name_cache.h"
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
  explicit Resolver(DnsOptions options) : options_(std::move(options)) {}
  core::Result<NameCache::FoundPtr> look_up(const Url& url, Deadlines& deadlines);

  void run();
  void turn(std::unique_ptr<Lookups>& lookups);

  const DnsOptions options_;
  NameCache names_;
  std::atomic<bool> stopping_{false};
  int wake_ = -1;  // an eventfd: a name is wanted, or it is time to stop
  std::thread thread_;
};

}  // namespace gatehouse::net
