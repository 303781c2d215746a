#include "net/front/server.h"

#include <Poco/Net/NetException.h>
#include <Poco/Net/SocketAddress.h>
#include <Poco/Net/StreamSocketImpl.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <thread>

#include "net/front/connection.h"
#include "net/front/passed_listener.h"

namespace gatehouse::net {
namespace {

using std::chrono::milliseconds;

constexpr int kBacklog = 1024;
constexpr int kAcceptsPerRound = 64;  // then the other connections have their turn

// Deadlines are late by a tenth of the shortest of them, or a second, at most.
milliseconds tick(const ServerOptions& options) {
  const auto shortest = std::min({options.header_deadline, options.idle_timeout, options.body_silence});
  return std::clamp(shortest / 10, milliseconds(10), milliseconds(1'000));
}

// Every exchange may come to need a thread of its own.
unsigned thread_limit(const ServerOptions& options) { return options.max_in_flight + 64; }

std::size_t loop_count(const ServerOptions& options) {
  return options.loops != 0 ? options.loops : std::max(1U, std::thread::hardware_concurrency());
}

}  // namespace

ServerState::ServerState(const ServerOptions& options_, Poco::Net::HTTPRequestHandlerFactory& factory_)
    : options(options_), factory(factory_), drain(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  params->setKeepAliveTimeout(Poco::Timespan(options.idle_timeout.count() * 1000));
}

Server::Server(const ServerOptions& options, Poco::Net::HTTPRequestHandlerFactory& factory)
    : state_(options, factory), loop_threads_(thread_limit(options)) {
  for (std::size_t i = 0; i < loop_count(options); ++i)
    loops_.push_back(std::make_unique<Loop>(loop_threads_, options.fiber_stack, tick(options)));
}

Server::~Server() {
  stop_accepting();
  end_exchanges();
  abort_all();
  for (const auto& loop : loops_) loop->stop();
  loop_threads_.stop();
}

core::Status Server::start() {
  open_.limit(state_.options.max_connections, state_.options.max_connections_per_address);
  spare_ = core::Descriptor(::eventfd(0, EFD_CLOEXEC));
  if (!state_.drain.valid() || !spare_.valid())
    return {core::Code::internal, "No event descriptor is to be had; raise the limit of open files."};
  std::vector<core::Descriptor> none;
  if (!bound_) GH_TRY(listen(none));
  std::vector<Loop*> loops;
  for (const auto& loop : loops_) {
    GH_TRY(loop->open(loops.empty() ? this : nullptr, state_.drain.get()));
    loops.push_back(loop.get());
  }
  loop_threads_.start(loops);
  for (Loop* loop : loops)
    if (!loop_threads_.drive(*loop)) return {core::Code::internal, "No thread is to be had to serve with."};
  started_ = true;
  return {};
}

core::Status Server::listen(std::vector<core::Descriptor>& passed) {
  const ServerOptions& options = state_.options;
  try {
    if (!take_passed(passed)) bind();
    listener_.setBlocking(false);
    port_ = listener_.address().port();
  } catch (const Poco::Exception& e) {
    return {core::Code::config, "Cannot listen on " + options.host + ":" + std::to_string(options.port) + ": " +
                                    e.displayText() + ". Choose another address, or stop what uses it."};
  }
  ::fcntl(fd(), F_SETFD, FD_CLOEXEC);
  bound_ = true;
  return {};
}

// Whether one of them was bound to our address.
bool Server::take_passed(std::vector<core::Descriptor>& passed) {
  const auto one = std::find_if(passed.begin(), passed.end(), [this](const core::Descriptor& socket) {
    return listens_at(socket.get(), state_.options.host, state_.options.port);
  });
  if (one == passed.end()) return false;
  listener_ = PassedListener(std::move(*one));
  return true;
}

void Server::bind() {
  // Without SO_REUSEPORT: a second gateway on this port is a mistake to be told of.
  listener_.bind(Poco::Net::SocketAddress(state_.options.host, state_.options.port), true, false);
  listener_.listen(kBacklog);
}

ServerCounters Server::counters() const {
  std::size_t parked = 0;
  for (const auto& loop : loops_) parked += loop->parked();
  return {state_.accepted, state_.refused, open_.sheds(), state_.requests, state_.in_flight, parked};
}

void Server::stop_accepting() {
  state_.draining = true;
  if (!started_) return;
  for (const auto& loop : loops_) loop->drain();
  listener_closed_.wait();
}

bool Server::wait_idle(std::chrono::steady_clock::time_point deadline) { return open_.wait_empty(deadline); }

void Server::end_exchanges() { ::eventfd_write(state_.drain.get(), 1); }

void Server::abort_all() { open_.shut_down_all(); }

int Server::fd() const { return listener_.impl()->sockfd(); }

int Server::listener_fd() const { return bound_ && !closed_ ? fd() : -1; }

bool Server::accept() {
  if (paused_) return false;
  for (int i = 0; i < kAcceptsPerRound; ++i) {
    const int accepted = ::accept4(fd(), nullptr, nullptr, SOCK_CLOEXEC);
    if (accepted >= 0) {
      admit(accepted);
      continue;
    }
    const bool short_of_them = errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM;
    if (short_of_them && !is_awaited()) return true;  // that is said also where nobody waits
    if (short_of_them && !make_room()) return false;
    if (short_of_them) continue;
    if (errno == EAGAIN || errno == EWOULDBLOCK) return true;
    // Anything else concerns the one connection that could not be accepted.
  }
  return true;
}

bool Server::is_awaited() const {
  pollfd polled{fd(), POLLIN, 0};
  return ::poll(&polled, 1, 0) > 0;
}

void Server::admit(int fd) {
  ++state_.accepted;
  const int on = 1;
  ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  // From here on the socket is the connection's alone: its loop may be done with it before we go on.
  auto connection =
      std::make_unique<Connection>(Poco::Net::StreamSocket(new Poco::Net::StreamSocketImpl(fd)), state_, open_);
  tell_of_sheds();
  if (!connection->is_admitted()) connection->turn_away();
  loops_[next_loop_++ % loops_.size()]->post(std::move(connection));
}

// Nothing is left to accept with. False: in a while there will be, from those who were idle.
bool Server::make_room() {
  if (open_.shed() || !spare_.valid()) return false;
  // All are busy: one more is told so and closed at once.
  spare_.close();
  const int accepted = ::accept4(fd(), nullptr, nullptr, SOCK_CLOEXEC);
  if (accepted >= 0) {
    ++state_.accepted;
    Connection(Poco::Net::StreamSocket(new Poco::Net::StreamSocketImpl(accepted)), state_, open_).turn_away();
  }
  spare_ = core::Descriptor(::eventfd(0, EFD_CLOEXEC));
  return accepted >= 0 && spare_.valid();
}

void Server::tell_of_sheds() {
  if (open_.sheds() == told_sheds_) return;
  told_sheds_ = open_.sheds();
  shedding_.say("more connections than there is room for: those idle for longest are closed, " +
                std::to_string(told_sheds_) + " so far; see max_connections_per_address, and the limit of open files");
}

void Server::adopt(core::Descriptor connection) {
  const int fd = connection.release();
  auto adopted =
      std::make_unique<Connection>(Poco::Net::StreamSocket(new Poco::Net::StreamSocketImpl(fd)), state_, open_);
  if (!adopted->is_admitted()) adopted->turn_away();
  loops_[next_loop_++ % loops_.size()]->post(std::move(adopted));
}

void Server::close() {
  closed_ = true;
  listener_.close();
  listener_closed_.count_down();
}

}  // namespace gatehouse::net
