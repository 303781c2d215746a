// Host names being looked up in /etc/hosts and DNS, as resolv.conf was when this was made: a c-ares channel.
// One thread.
#pragma once

#include <Poco/Net/IPAddress.h>
#include <ares.h>
#include <poll.h>

#include <chrono>
#include <cstddef>
#include <functional>
#include <span>
#include <string>
#include <vector>

namespace gatehouse::net {

struct DnsOptions {
  std::string servers;                             // "address:port,…" to ask instead of those in resolv.conf
  std::chrono::milliseconds query_timeout{2'000};  // for a server's answer; longer with each try
  int tries = 3;
};

// How a look-up ended.
struct Found {
  std::vector<Poco::Net::IPAddress> addresses;  // in the order to be tried
  std::string why_not = {};                     // where there are none
  int shortage = 0;                             // errno, where this machine lacked what a look-up takes
  std::chrono::seconds lifetime{0};             // as DNS says; 0 for /etc/hosts
};

class Lookups {
 public:
  using Done = std::function<void(const std::string& host, Found found)>;

  // done: may be called from any of the functions below, and last from the destructor. Where it throws
  // std::bad_alloc, begin() and step() do.
  Lookups(const DnsOptions& options, Done done);
  ~Lookups();
  Lookups(const Lookups&) = delete;
  Lookups& operator=(const Lookups&) = delete;

  void begin(const std::string& host);
  std::size_t under_way() const { return under_way_; }
  // Waits until a server answers, a query is late or `wake` is readable, and goes on.
  void step(int wake);

 private:
  struct Query;
  void go_on(std::span<const pollfd> fds);
  static void ended(void* query, int status, int timeouts, ares_addrinfo* result);

  const Done done_;
  ares_channel channel_ = nullptr;
  int status_;  // of opening the channel
  std::size_t under_way_ = 0;
  bool out_of_memory_ = false;
};

}  // namespace gatehouse::net
