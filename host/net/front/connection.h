// One client's connection: reads requests, answers refusals itself and gives the others to handlers. The factory of
// handlers is asked as soon as a head is there: it may refuse before any of the body is read. A connection runs in a
// fiber of its loop only while bytes are there or a handler works; in between it is parked. Owned, and used, by one
// thread at a time.
#pragma once

#include <Poco/Net/HTTPRequestHandler.h>
#include <Poco/Net/IPAddress.h>
#include <Poco/Net/StreamSocket.h>

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "core/status.h"
#include "net/fibers/job.h"
#include "net/bounds/body_intake.h"
#include "net/bounds/connection_set.h"
#include "net/front/server_state.h"
#include "net/front/wire.h"
#include "net/http/request_reader.h"

namespace gatehouse::net {

class Connection final : public Job {
 public:
  Connection(const Poco::Net::StreamSocket& socket, ServerState& state, ConnectionSet& open);
  ~Connection() override;

  // Reads what is there, and serves, until there is nothing more to do for now.
  void run() override;
  // Answers 503.
  void turn_away() override;
  // False when the client has closed, or has sent more than we care to read.
  bool discard() override;

  int fd() const override { return fd_; }
  Next next() const override { return next_; }
  bool is_admitted() const { return admitted_; }  // else there was no room: turn_away()
  bool idle() const override { return next_ == Next::wait && !reader_.started(); }
  bool bequeath() override;
  bool has_bytes() const override;
  Clock::time_point deadline() const override;

 private:
  using State = RequestReader::State;
  bool step();
  bool receive();
  bool feed(std::string_view bytes);
  core::Status take_in_body();
  bool check_deadline();
  bool exchange();
  void handle(class Request& request, class Response& response);
  void work(class Request& request, class Response& response);
  bool wait_for_body();
  void refuse(const core::Status& why, std::chrono::milliseconds stall);
  void refuse_for_memory();
  void forget_body();
  void close_gently();
  void reset_on_close();

  Poco::Net::StreamSocket socket_;
  ServerState& state_;
  ConnectionSet& open_;
  const int fd_;
  const Poco::Net::IPAddress client_;
  const std::string client_host_;  // its address, written
  RequestReader reader_;
  Next next_ = Next::wait;
  std::unique_ptr<Poco::Net::HTTPRequestHandler> handler_;  // of the request whose body is awaited
  std::optional<BodyIntake> intake_;                        // of that body
  std::uint32_t served_ = 0;  // requests answered
  Clock::time_point since_;   // when the phase began: idle, head, draining
  bool drained_ = false;      // nothing more was there to be read
  std::size_t discarded_ = 0;
  Guest guest_;
  const bool admitted_;
};

}  // namespace gatehouse::net
