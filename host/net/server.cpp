#include "net/server.h"

#include <Poco/Net/NetException.h>
#include <Poco/Net/SocketAddress.h>
#include <Poco/Net/StreamSocketImpl.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

namespace gatehouse::net {
namespace {

using std::chrono::milliseconds;

constexpr int kBacklog = 1024;
constexpr int kAcceptsPerRound = 64;  // then the connections parked have their turn

// Deadlines are late by a tenth of the shortest of them, or a second, at most.
milliseconds tick(const ServerOptions& options) {
  const auto shortest = std::min({options.header_deadline, options.idle_timeout, options.body_grace});
  return std::clamp(shortest / 10, milliseconds(10), milliseconds(1'000));
}

// Besides those in handlers there are threads that read requests and write refusals.
unsigned thread_limit(unsigned in_flight) { return in_flight + std::max(16U, in_flight / 8); }

void set_timeout(int fd, int which, milliseconds time) {
  const timeval value{time.count() / 1000, time.count() % 1000 * 1000};
  ::setsockopt(fd, SOL_SOCKET, which, &value, sizeof value);
}

}  // namespace

ServerState::ServerState(const ServerOptions& options_, Poco::Net::HTTPRequestHandlerFactory& factory_)
    : options(options_), factory(factory_), drain_fd(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  params->setKeepAliveTimeout(Poco::Timespan(options.idle_timeout.count() * 1000));
}

ServerState::~ServerState() {
  if (drain_fd >= 0) ::close(drain_fd);
}

Server::Server(const ServerOptions& options, Poco::Net::HTTPRequestHandlerFactory& factory)
    : state_(options, factory),
      parking_(*this, tick(options)),
      workers_(thread_limit(options.max_in_flight), options.thread_stack,
               [this](std::unique_ptr<Connection> connection) { go_on(std::move(connection)); }) {}

Server::~Server() {
  stop_accepting();
  end_exchanges();
  abort_all();
  workers_.stop();
  parking_.stop();
}

core::Status Server::start() {
  if (state_.drain_fd < 0)
    return {core::Code::internal, "No event descriptor is to be had; raise the limit of open files."};
  const ServerOptions& options = state_.options;
  try {
    const Poco::Net::SocketAddress address(options.host, options.port);
    // Without SO_REUSEPORT: a second gateway on this port is a mistake to be told of.
    listener_.bind(address, true, false);
    listener_.listen(kBacklog);
    listener_.setBlocking(false);
    port_ = listener_.address().port();
  } catch (const Poco::Exception& e) {
    return {core::Code::config, "Cannot listen on " + options.host + ":" + std::to_string(options.port) + ": " +
                                    e.displayText() + ". Choose another address, or stop what uses it."};
  }
  const int fd = listener_.impl()->sockfd();
  ::fcntl(fd, F_SETFD, FD_CLOEXEC);
  return parking_.start(fd);
}

ServerCounters Server::counters() const {
  return {state_.accepted, state_.refused, state_.requests, state_.in_flight, parking_.parked()};
}

void Server::stop_accepting() {
  state_.draining = true;
  parking_.drain();
}

bool Server::wait_idle(std::chrono::steady_clock::time_point deadline) { return open_.wait_empty(deadline); }

void Server::end_exchanges() { ::eventfd_write(state_.drain_fd, 1); }

void Server::abort_all() { open_.shut_down_all(); }

bool Server::on_acceptable() {
  for (int i = 0; i < kAcceptsPerRound; ++i) {
    const int fd = ::accept4(listener_.impl()->sockfd(), nullptr, nullptr, SOCK_CLOEXEC);
    if (fd >= 0) {
      admit(fd);
      continue;
    }
    if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM) return false;
    if (errno == EAGAIN || errno == EWOULDBLOCK) return true;
    // Anything else concerns the one connection that could not be accepted.
  }
  return true;
}

void Server::admit(int fd) {
  ++state_.accepted;
  const int on = 1;
  ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  set_timeout(fd, SO_RCVTIMEO, state_.options.linger);
  set_timeout(fd, SO_SNDTIMEO, state_.options.write_stall);
  const bool fits = open_.size() < state_.options.max_connections;
  const Poco::Net::StreamSocket socket(new Poco::Net::StreamSocketImpl(fd));
  auto connection = std::make_unique<Connection>(socket, state_, open_);
  if (!fits) connection->turn_away();
  go_on(std::move(connection));
}

void Server::on_ready(std::unique_ptr<Connection> connection) {
  if (workers_.submit(connection)) return;
  connection->turn_away();
  go_on(std::move(connection));
}

void Server::on_drain() {
  on_acceptable();  // closing would reset those that wait to be accepted
  listener_.close();
}

void Server::go_on(std::unique_ptr<Connection> connection) {
  if (connection->next() != Connection::Next::close) parking_.park(std::move(connection));
}

}  // namespace gatehouse::net
