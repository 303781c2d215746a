// One client's connection: reads requests, answers refusals itself, gives the others to
// handlers. It is worked on, in a fiber of its loop, only while bytes are there or a handler runs;
// between that it is parked. Owned, and used, by one thread at a time.
#pragma once

#include <Poco/Net/TCPServerConnection.h>

#include <chrono>
#include <cstdint>
#include <string>

#include "core/status.h"
#include "net/connection_set.h"
#include "net/request_reader.h"
#include "net/server_state.h"
#include "net/wire.h"

namespace gatehouse::net {

class Connection final : public Poco::Net::TCPServerConnection {
 public:
  using Clock = std::chrono::steady_clock;
  // What is to be done with it next.
  enum class Next : std::uint8_t {
    wait,   // park until bytes arrive or deadline(), then run()
    drain,  // park; discard() what arrives until it says so or deadline(), then close
    close,
  };

  Connection(const Poco::Net::StreamSocket& socket, ServerState& state, ConnectionSet& open);
  ~Connection() override;

  // Reads what is there, and serves, until there is nothing more to do for now.
  void run() override;
  // Answers 503 instead of running, without waiting for anything.
  void turn_away();
  // Reads and forgets; false when the client has closed, or has sent more than we care to read.
  bool discard();

  Next next() const { return next_; }
  bool idle() const { return next_ == Next::wait && !reader_.started(); }
  bool has_bytes() const;  // that nobody has read yet
  Clock::time_point deadline() const;
  int fd() const { return fd_; }

  bool watched = false;  // its loop's: the descriptor is in the epoll set

 private:
  bool step();
  bool receive();
  bool take(std::string_view bytes);
  bool quiet();
  bool exchange();
  void handle(class Request& request, class Response& response);
  void refuse(const core::Status& why, std::chrono::milliseconds stall);
  void leave();
  void reset_on_close();

  ServerState& state_;
  ConnectionSet& open_;
  const int fd_;
  const std::string client_host_;  // its address, asked for once
  RequestReader reader_;
  Next next_ = Next::wait;
  bool continued_ = false;    // 100 Continue has been sent
  std::uint32_t served_ = 0;  // requests answered
  Clock::time_point since_;   // when the phase began: idle, head, body, draining
  bool drained_ = false;      // nothing more was there to be read
  std::size_t discarded_ = 0;
};

}  // namespace gatehouse::net
