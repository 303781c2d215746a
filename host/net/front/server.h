// START HERE for the callers' side: listens, reads requests strictly, and gives them to Poco request handlers.
// Handlers run in fibers that share a few threads; a handler that blocks keeps its thread to itself.
// start() once; then every method is thread-safe.
#pragma once

#include <Poco/Net/HTTPRequestHandlerFactory.h>
#include <Poco/Net/ServerSocket.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <latch>
#include <memory>
#include <string>
#include <vector>

#include "core/descriptor.h"
#include "core/rare_warning.h"
#include "core/status.h"
#include "net/fibers/loop.h"
#include "net/fibers/loop_threads.h"
#include "net/bounds/connection_set.h"
#include "net/front/server_state.h"

namespace gatehouse::net {

struct ServerCounters {
  std::uint64_t accepted = 0;  // connections
  std::uint64_t refused = 0;   // connections and requests turned away with 503
  std::uint64_t shed = 0;      // idle connections that had to make room
  std::uint64_t requests = 0;  // given to handlers
  unsigned in_flight = 0;      // in handlers now
  std::size_t parked = 0;      // connections that wait, now
};

class Server : private Acceptor {
 public:
  // The factory is asked for a handler when a request's head is there; nullptr: it has answered, the body is not
  // wanted. REQUIRES: it outlives the server.
  Server(const ServerOptions& options, Poco::Net::HTTPRequestHandlerFactory& factory);
  ~Server() override;  // ends what is under way

  // Binds to the address, or takes from `passed` the socket that is bound to it. start() does so where this has not.
  core::Status listen(std::vector<core::Descriptor>& passed);
  core::Status start();
  // How many connections there may be from now on, in all and from one address (0: any number).
  void limit_connections(std::size_t most, std::size_t most_per_address) { open_.limit(most, most_per_address); }
  std::uint16_t port() const { return port_; }  // where it listens; REQUIRES: started
  ServerCounters counters() const;
  int listener_fd() const;                       // -1: it is closed
  void pause_accepting(bool pause) { paused_ = pause; }  // clients wait in the backlog meanwhile
  void adopt(core::Descriptor connection);       // of another process, with nothing under way
  void bequeath_to(Heir* heir) { state_.heir = heir; }   // who gets idle connections in the drain; it outlives the server

  // The drain, in order; each step may be the last.
  void say_farewell() { state_.draining = true; }  // answers say "connection: close"; the listener serves on
  void stop_accepting();  // closes the listener and idle connections
  bool wait_idle(std::chrono::steady_clock::time_point deadline);  // whether every exchange has ended
  void end_exchanges();  // makes every ClientWatch say so, for the exchanges to end with an error
  void abort_all();      // cuts the connections that are left

 private:
  int fd() const override;
  bool accept() override;
  void close() override;
  void bind();
  bool take_passed(std::vector<core::Descriptor>& passed);
  bool is_awaited() const;  // somebody waits to be accepted
  void admit(int fd);
  bool make_room();
  void tell_of_sheds();

  ServerState state_;
  ConnectionSet open_;
  Poco::Net::ServerSocket listener_;
  std::uint16_t port_ = 0;
  std::latch listener_closed_{1};
  core::Descriptor spare_;  // given up to refuse one for whom there is none left
  std::uint64_t told_sheds_ = 0;
  core::RareWarning shedding_{std::chrono::seconds(10)};
  bool started_ = false;
  bool bound_ = false;
  std::atomic<bool> paused_{false};
  std::atomic<bool> closed_{false};
  std::vector<std::unique_ptr<Loop>> loops_;
  std::atomic<std::size_t> next_loop_{0};  // for the next connection
  LoopThreads loop_threads_;   // last: its threads use the rest
};

}  // namespace gatehouse::net
