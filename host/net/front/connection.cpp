#include "net/front/connection.h"

#include <Poco/ErrorHandler.h>
#include <Poco/Exception.h>
#include <Poco/Net/StreamSocketImpl.h>
#include <sys/socket.h>

#include <cerrno>
#include <new>

#include "core/short_of_memory.h"
#include "core/wait.h"
#include "net/bounds/overloaded.h"
#include "net/front/failure_answer.h"
#include "net/front/receive_buffer.h"
#include "net/front/response.h"

namespace gatehouse::net {
namespace {

using core::Code;
using core::Status;
using std::chrono::milliseconds;

constexpr milliseconds kDrainTime{5'000};
constexpr std::size_t kDrainBytes = 32u << 20;  // more than a client with a body over the limit has on its way

Poco::Net::IPAddress address_of(const Poco::Net::StreamSocket& client) {
  try {
    return client.peerAddress().host();
  } catch (const Poco::Exception&) {
    return {};  // the client has just left
  }
}

// As one address counts what one client can easily have: of IPv6, a network of 64 bits.
std::string counted_address(const Poco::Net::IPAddress& client) {
  constexpr std::size_t kNetworkBytes = 8;
  const std::string_view bytes(static_cast<const char*>(client.addr()), static_cast<std::size_t>(client.length()));
  if (client.isIPv4Mapped()) return std::string(bytes.substr(bytes.size() - 4));
  return std::string(bytes.substr(0, kNetworkBytes));
}

}  // namespace

Connection::Connection(const Poco::Net::StreamSocket& client, ServerState& state, ConnectionSet& open)
    : socket_(client),
      state_(state),
      open_(open),
      fd_(client.impl()->sockfd()),
      client_(address_of(client)),
      client_host_(client_.toString()),
      reader_(state.options.request),
      since_(core::coarse_now()),
      guest_(fd_, state.options.trusted_proxies.contains(client_host_) ? std::string() : counted_address(client_), since_),
      admitted_(open_.add(guest_)) {}

Connection::~Connection() { open_.remove(guest_); }

Connection::Clock::time_point Connection::deadline() const {
  const ServerOptions& options = state_.options;
  if (next_ == Next::drain) return since_ + kDrainTime;
  if (intake_) return intake_->deadline();
  return since_ + (reader_.started() || served_ == 0 ? options.header_deadline : options.idle_timeout);
}

void Connection::run() {
  next_ = Next::close;
  if (!guest_.begin()) return;
  drained_ = false;
  bool short_of_memory = false;
  try {
    while (step()) continue;
  } catch (const std::bad_alloc&) {  // for a body, most likely
    short_of_memory = true;
  } catch (const std::exception& e) {
    next_ = Next::close;
    Poco::ErrorHandler::handle(e);
  }
  if (short_of_memory) refuse_for_memory();
  if (next_ == Next::wait && reader_.state() == State::head) guest_.rest(since_);
}

// False: stop, next_ says how to go on.
bool Connection::step() {
  const State state = reader_.state();
  if (state == State::complete || (state == State::body && handler_ == nullptr)) return exchange();
  if (state != State::refused) return receive();
  refuse(reader_.refusal(), state_.options.write_stall);
  return false;
}

bool Connection::receive() {
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
  const State now = reader_.feed(bytes);
  if (now == State::complete || now == State::refused || (now == State::body && !intake_)) return true;
  if (now == State::body) {
    if (Status taken = take_in_body(); !taken.ok()) return refuse(taken, state_.options.write_stall), false;
  } else if (!was_started) {
    since_ = core::coarse_now();
  }
  return !drained_ || core::coarse_now() <= deadline() || check_deadline();  // what is there is read first
}

Status Connection::take_in_body() { return intake_->received(reader_.body_received(), core::coarse_now()); }

// Goes back to waiting, or refuses a request that did not come in time.
bool Connection::check_deadline() {
  const auto now = core::coarse_now();
  if (now < deadline())
    next_ = Next::wait;
  else if (intake_)
    refuse(intake_->too_late(now), state_.options.write_stall);
  else if (reader_.started())
    refuse({Code::request_timeout, "The request did not arrive in time."}, state_.options.write_stall);
  return false;
}

void Connection::refuse(const Status& why, milliseconds stall) {
  forget_body();
  Wire wire(fd_, stall);
  Response response(wire, {.version = 11, .head_only = false, .keep_alive = false, .draining = state_.draining});
  if (answer_failure(response, why).ok()) close_gently();
}

void Connection::turn_away() {
  next_ = Next::close;
  ++state_.refused;
  refuse(overloaded("The gateway is at its limit of connections, or of those from one address."), milliseconds(0));
}

void Connection::refuse_for_memory() {
  next_ = Next::close;
  try {
    refuse(core::short_of_memory(), state_.options.write_stall);
  } catch (const std::exception& e) {  // not even for an answer
    Poco::ErrorHandler::handle(e);
  }
}

// Nobody will want it: what it holds is for others from now on.
void Connection::forget_body() {
  handler_.reset();
  reader_.body() = {};
  intake_.reset();
}

// Closing with bytes unread would reset the connection, and the client might lose the answer.
void Connection::close_gently() {
  ::shutdown(fd_, SHUT_WR);
  forget_body();
  if (!open_.linger(guest_)) return;
  since_ = core::coarse_now();
  next_ = Next::drain;
}

// A cut answer that has no length of its own would look complete if the connection just ended.
void Connection::reset_on_close() {
  const linger at_once{1, 0};
  ::setsockopt(fd_, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
}

bool Connection::bequeath() {
  Heir* const heir = state_.heir;
  return heir != nullptr && heir->inherit(fd_);
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
