// The front: listens, reads requests strictly, and gives them to Poco request handlers, one
// thread per request under way. Connections that wait cost no thread.
// start() once; then every method is thread-safe.
#pragma once

#include <Poco/Net/HTTPRequestHandlerFactory.h>
#include <Poco/Net/ServerSocket.h>

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

#include "core/status.h"
#include "net/connection_set.h"
#include "net/parking.h"
#include "net/server_state.h"
#include "net/worker_pool.h"

namespace gatehouse::net {

struct ServerCounters {
  std::uint64_t accepted = 0;  // connections
  std::uint64_t refused = 0;   // connections and requests turned away with 503
  std::uint64_t requests = 0;  // given to handlers
  unsigned in_flight = 0;      // in handlers now
  std::size_t parked = 0;      // connections that wait, now
};

class Server : private Parking::Owner {
 public:
  // factory outlives the server; it may return nullptr for a path it doesn't know.
  Server(const ServerOptions& options, Poco::Net::HTTPRequestHandlerFactory& factory);
  ~Server() override;  // ends what is under way

  core::Status start();
  std::uint16_t port() const { return port_; }  // where it listens; REQUIRES: started
  ServerCounters counters() const;

  // The drain, in order; each step may be the last.
  void stop_accepting();  // closes the listener and idle connections; answers say "connection: close"
  bool wait_idle(std::chrono::steady_clock::time_point deadline);  // whether every exchange has ended
  void end_exchanges();  // makes every ClientWatch say so, for the exchanges to end with an error
  void abort_all();      // cuts the connections that are left

 private:
  bool on_acceptable() override;
  void on_ready(std::unique_ptr<Connection> connection) override;
  void on_drain() override;
  void admit(int fd);
  void go_on(std::unique_ptr<Connection> connection);

  ServerState state_;
  ConnectionSet open_;
  Poco::Net::ServerSocket listener_;
  std::uint16_t port_ = 0;
  Parking parking_;
  WorkerPool workers_;  // last: its threads use the rest
};

}  // namespace gatehouse::net
