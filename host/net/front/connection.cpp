#include "net/front/connection.h"

#include <Poco/ErrorHandler.h>
#include <Poco/Exception.h>
#include <Poco/Net/HTTPRequestHandler.h>
#include <Poco/Net/StreamSocketImpl.h>
#include <sys/socket.h>

#include <cerrno>
#include <memory>

#include "core/wait.h"
#include "net/front/failure_answer.h"
#include "net/front/receive_buffer.h"
#include "net/front/request.h"
#include "net/front/response.h"

namespace gatehouse::net {
namespace {

using core::Code;
using core::Status;
using State = RequestReader::State;
using std::chrono::milliseconds;

constexpr milliseconds kDrainTime{5'000};
constexpr std::size_t kDrainBytes = 32u << 20;  // more than a client with a body over the limit has on its way

std::string host_of(const Poco::Net::StreamSocket& client) {
  try {
    return client.peerAddress().host().toString();
  } catch (const Poco::Exception&) {
    return "0.0.0.0";  // the client has just left
  }
}

Status overloaded(std::string message) {
  Status status(Code::overloaded, std::move(message));
  status.failure().retry_after = milliseconds(1'000);
  return status;
}

}  // namespace

Connection::Connection(const Poco::Net::StreamSocket& client, ServerState& state, ConnectionSet& open)
    : socket_(client),
      state_(state),
      open_(open),
      fd_(client.impl()->sockfd()),
      client_host_(host_of(client)),
      reader_(state.options.request),
      since_(core::coarse_now()) {
  open_.add(fd_);
}

Connection::~Connection() { open_.remove(fd_); }

Connection::Clock::time_point Connection::deadline() const {
  const ServerOptions& options = state_.options;
  if (next_ == Next::drain) return since_ + kDrainTime;
  if (reader_.state() == State::body)
    return since_ + options.body_grace + milliseconds(1000 * reader_.body_received() / options.body_rate);
  return since_ + (reader_.started() || served_ == 0 ? options.header_deadline : options.idle_timeout);
}

void Connection::run() {
  next_ = Next::close;
  drained_ = false;
  try {
    while (step()) continue;
  } catch (const std::exception& e) {  // out of memory, for a body most likely
    next_ = Next::close;
    Poco::ErrorHandler::handle(e);
  }
}

// False: stop, next_ says how to go on.
bool Connection::step() {
  if (reader_.state() == State::complete) return exchange();
  if (reader_.state() != State::refused) return receive();
  refuse(reader_.refusal(), state_.options.write_stall);
  return false;
}

bool Connection::receive() {
  if (!continued_ && reader_.wants_continue()) {
    continued_ = true;
    const std::string_view go_on = "HTTP/1.1 100 Continue\r\n\r\n";
    if (!Wire(fd_, state_.options.write_stall).write({&go_on, 1}).ok()) return false;
  }
  if (drained_) return check_deadline();
  const std::span<char> buffer = receive_buffer();
  const ssize_t got = ::recv(fd_, buffer.data(), buffer.size(), MSG_DONTWAIT);
  if (got == 0) return reader_.finish() == State::refused;
  if (got < 0 && errno != EAGAIN && errno != EWOULDBLOCK) return errno == EINTR;
  drained_ = got < static_cast<ssize_t>(buffer.size());
  if (drained_) core::mark_drained(fd_, POLLIN);
  return got > 0 ? feed({buffer.data(), static_cast<std::size_t>(got)}) : check_deadline();
}

bool Connection::feed(std::string_view bytes) {
  const bool was_started = reader_.started();
  const State before = reader_.state();
  const State now = reader_.feed(bytes);
  if (now == State::complete || now == State::refused) return true;
  if (!was_started || now != before)
    since_ = core::coarse_now();
  else if (drained_ && core::coarse_now() > deadline())  // what is there is read first
    return check_deadline();
  return true;
}

// Goes back to waiting, or refuses a request that did not come in time.
bool Connection::check_deadline() {
  if (core::coarse_now() < deadline())
    next_ = Next::wait;
  else if (reader_.started())
    refuse({Code::request_timeout, "The request did not arrive in time."}, state_.options.write_stall);
  return false;
}

bool Connection::exchange() {
  const bool fits = state_.in_flight.fetch_add(1) < state_.options.max_in_flight;
  Wire wire(fd_, state_.options.write_stall);
  Response response(wire,
                    {reader_.version(), reader_.method() == "HEAD", reader_.keep_alive() && fits, state_.draining});
  if (fits) {
    Request request(reader_, socket_, client_host_, state_, response);
    handle(request, response);
  } else {
    ++state_.refused;
    (void)answer_failure(response, overloaded("The gateway is handling as many requests as it may."));
  }
  --state_.in_flight;
  if (!response.complete() && !response.delimited()) reset_on_close();
  if (response.complete() && !response.keeps_alive()) close_gently();
  if (!response.keeps_alive()) return false;
  ++served_;
  continued_ = false;
  since_ = core::coarse_now();
  reader_.next();
  return true;
}

// Runs the handler. No exception passes, and an answer is given where none was begun.
void Connection::handle(Request& request, Response& response) {
  ++state_.requests;
  try {
    const std::unique_ptr<Poco::Net::HTTPRequestHandler> handler(state_.factory.createRequestHandler(request));
    handler->handleRequest(request, response);
    response.finish();
  } catch (const Poco::Exception& e) {
    Poco::ErrorHandler::handle(e);
  } catch (const std::exception& e) {
    Poco::ErrorHandler::handle(e);
  } catch (...) {
    Poco::ErrorHandler::handle();
  }
  // Whether the answer arrived, response.complete() tells.
  if (!response.sent()) (void)answer_failure(response, {Code::internal, "The request could not be handled."});
}

void Connection::refuse(const Status& why, milliseconds stall) {
  Wire wire(fd_, stall);
  Response response(wire, {.version = 11, .head_only = false, .keep_alive = false, .draining = state_.draining});
  if (answer_failure(response, why).ok()) close_gently();
}

void Connection::turn_away() {
  next_ = Next::close;
  ++state_.refused;
  refuse(overloaded("The gateway is at its limit of connections."), milliseconds(0));
}

// Closing with bytes unread would reset the connection, and the client might lose the answer.
void Connection::close_gently() {
  ::shutdown(fd_, SHUT_WR);
  open_.remove(fd_);
  since_ = core::coarse_now();
  next_ = Next::drain;
}

// A cut answer that has no length of its own would look complete if the connection just ended.
void Connection::reset_on_close() {
  const linger at_once{1, 0};
  ::setsockopt(fd_, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
}

bool Connection::has_bytes() const {
  char first;
  return ::recv(fd_, &first, 1, MSG_PEEK | MSG_DONTWAIT) > 0;
}

bool Connection::discard() {
  const std::span<char> buffer = receive_buffer();
  while (discarded_ < kDrainBytes) {
    const ssize_t got = ::recv(fd_, buffer.data(), buffer.size(), MSG_DONTWAIT);
    if (got == 0) return false;
    if (got < 0 && errno != EINTR) return errno == EAGAIN || errno == EWOULDBLOCK;
    if (got > 0) discarded_ += static_cast<std::size_t>(got);
  }
  return false;
}

}  // namespace gatehouse::net
