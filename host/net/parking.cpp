#include "net/parking.h"

#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <system_error>

namespace gatehouse::net {
namespace {

constexpr std::chrono::milliseconds kAcceptPause{100};

core::Status system_failure(std::string_view what) {
  return {core::Code::internal, std::string(what) + ": " + std::generic_category().message(errno)};
}

bool control(int epoll, int operation, int fd, std::uint32_t events) {
  epoll_event event{};
  event.events = events;
  event.data.fd = fd;
  return ::epoll_ctl(epoll, operation, fd, &event) == 0;
}

}  // namespace

Parking::~Parking() {
  stop();
  connections_.clear();
  if (wakeup_ >= 0) ::close(wakeup_);
  if (epoll_ >= 0) ::close(epoll_);
}

void Parking::stop() {
  if (!thread_.joinable()) return;
  stopping_ = true;
  ::eventfd_write(wakeup_, 1);
  thread_.join();
}

core::Status Parking::start(int listener) {
  listener_ = listener;
  epoll_ = ::epoll_create1(EPOLL_CLOEXEC);
  if (epoll_ < 0) return system_failure("No epoll descriptor");
  wakeup_ = ::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  if (wakeup_ < 0) return system_failure("No event descriptor");
  if (!control(epoll_, EPOLL_CTL_ADD, wakeup_, EPOLLIN) || !control(epoll_, EPOLL_CTL_ADD, listener_, EPOLLIN))
    return system_failure("The listener cannot be watched");
  thread_ = std::thread([this] { loop(); });
  return {};
}

void Parking::park(std::unique_ptr<Connection> connection) {
  const std::lock_guard lock(mutex_);
  if (draining_ && connection->idle() && !connection->has_bytes()) return;
  Connection& parked = *connection;
  // In the map before it is watched: its bytes may come, and on_event() look for it, at once.
  auto& place = connections_[parked.fd()];
  place = std::move(connection);
  if (!watch(parked)) connections_.erase(parked.fd());
}

// One event at most, so that whoever takes the connection has it to itself.
bool Parking::watch(Connection& connection) {
  const bool again = std::exchange(connection.watched, true);
  return control(epoll_, again ? EPOLL_CTL_MOD : EPOLL_CTL_ADD, connection.fd(), EPOLLIN | EPOLLRDHUP | EPOLLONESHOT);
}

std::unique_ptr<Connection> Parking::take(int fd) {
  const std::lock_guard lock(mutex_);
  auto node = connections_.extract(fd);
  return node.empty() ? nullptr : std::move(node.mapped());
}

void Parking::drain() {
  if (!thread_.joinable()) return;
  draining_ = true;
  ::eventfd_write(wakeup_, 1);
  listener_closed_.wait();
}

std::size_t Parking::parked() const {
  const std::lock_guard lock(mutex_);
  return connections_.size();
}

void Parking::loop() {
  std::array<epoll_event, 256> events;
  while (!stopping_) {
    const auto wait = accept_again_ == Clock::time_point() ? tick_ : std::min(tick_, kAcceptPause);
    const int count =
        ::epoll_wait(epoll_, events.data(), static_cast<int>(events.size()), static_cast<int>(wait.count()));
    for (int i = 0; i < count; ++i) on_event(events[static_cast<std::size_t>(i)].data.fd);
    if (draining_ && !drained_) close_idle();
    look_at_deadlines();
  }
}

void Parking::on_event(int fd) {
  if (fd == wakeup_) {
    eventfd_t ignored;
    ::eventfd_read(wakeup_, &ignored);
    return;
  }
  if (fd == listener_) return accept();
  std::unique_ptr<Connection> connection = take(fd);
  if (!connection) return;
  if (connection->next() == Connection::Next::wait) return owner_.on_ready(std::move(connection));
  if (connection->discard()) park(std::move(connection));
}

void Parking::accept() {
  if (drained_ || owner_.on_acceptable()) return;
  // Out of descriptors, most likely. The clients wait in the backlog; asking at once would spin.
  control(epoll_, EPOLL_CTL_MOD, listener_, 0);
  accept_again_ = Clock::now() + kAcceptPause;
}

void Parking::look_at_deadlines() {
  const auto now = Clock::now();
  if (accept_again_ != Clock::time_point() && now >= accept_again_ && !drained_) {
    accept_again_ = {};
    control(epoll_, EPOLL_CTL_MOD, listener_, EPOLLIN);
  }
  if (now < next_look_) return;
  next_look_ = now + tick_;
  Batch closing;
  Batch late;
  {
    const std::lock_guard lock(mutex_);
    for (auto it = connections_.begin(); it != connections_.end();) {
      auto& connection = it->second;
      if (now < connection->deadline()) {
        ++it;
        continue;
      }
      const bool begun = connection->next() == Connection::Next::wait && !connection->idle();
      (begun ? late : closing).push_back(std::move(connection));
      it = connections_.erase(it);
    }
  }
  for (auto& connection : late) owner_.on_ready(std::move(connection));
}

// A connection whose request has already come stays: its event is next.
void Parking::close_idle() {
  owner_.on_drain();
  drained_ = true;
  listener_closed_.count_down();
  Batch closing;
  const std::lock_guard lock(mutex_);
  for (auto it = connections_.begin(); it != connections_.end();) {
    if (!it->second->idle() || it->second->has_bytes()) {
      ++it;
      continue;
    }
    closing.push_back(std::move(it->second));
    it = connections_.erase(it);
  }
}

}  // namespace gatehouse::net
