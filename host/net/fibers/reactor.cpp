#include "net/fibers/reactor.h"

#include <sys/epoll.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <limits>
#include <system_error>

namespace gatehouse::net {

namespace {

static_assert(EPOLLIN == POLLIN && EPOLLOUT == POLLOUT && EPOLLERR == POLLERR && EPOLLHUP == POLLHUP &&
              EPOLLRDHUP == POLLRDHUP);
constexpr short kHeard = POLLIN | POLLOUT | POLLERR | POLLHUP | POLLRDHUP;
constexpr int kMostEvents = 256;  // of one look
constexpr short kAlways = POLLERR | POLLHUP;  // reported whether asked for or not

bool control(int epoll, int operation, int fd, std::uint32_t events) {
  epoll_event event{};
  event.events = events;
  event.data.fd = fd;
  return ::epoll_ctl(epoll, operation, fd, &event) == 0;
}

}  // namespace

core::Status Reactor::open(std::chrono::milliseconds tick) {
  tick_ = tick;
  epoll_ = core::Descriptor(::epoll_create1(EPOLL_CLOEXEC));
  ticking_ = core::Descriptor(::timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK));
  const timespec interval{tick.count() / 1000, tick.count() % 1000 * 1'000'000};
  const itimerspec ticks{interval, interval};
  if (epoll_.valid() && ticking_.valid() && ::timerfd_settime(ticking_.get(), 0, &ticks, nullptr) == 0 &&
      watch_steadily(ticking_.get()))
    return {};
  return {core::Code::internal, "No epoll descriptor or timer: " + std::generic_category().message(errno)};
}

Reactor::Watched& Reactor::at(int fd) {
  const auto index = static_cast<std::size_t>(fd);
  while (index >= descriptors_.size()) descriptors_.push_back(std::make_unique<Watched>());
  return *descriptors_[index];
}

bool Reactor::watch(int fd) {
  Watched& descriptor = at(fd);
  descriptor.ready = 0;
  descriptor.watched = control(epoll_.get(), EPOLL_CTL_ADD, fd, EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET);
  return descriptor.watched;
}

bool Reactor::watch_steadily(int fd) { return control(epoll_.get(), EPOLL_CTL_ADD, fd, EPOLLIN); }

bool Reactor::pause_steady(int fd, bool pause) {
  return control(epoll_.get(), EPOLL_CTL_MOD, fd, pause ? 0U : static_cast<std::uint32_t>(EPOLLIN));
}

void Reactor::mark_drained(int fd, short events) {
  Watched& descriptor = at(fd);
  // After the peer's last byte there is always its end to be read.
  if ((descriptor.ready & (POLLRDHUP | POLLHUP | POLLERR)) != 0) return;
  descriptor.ready = static_cast<short>(descriptor.ready & ~events);
}

int Reactor::look(std::span<pollfd> fds) {
  int count = 0;
  for (pollfd& fd : fds) {
    fd.revents = 0;
    if (fd.fd < 0) continue;
    const Watched& descriptor = at(fd.fd);
    if (!descriptor.watched) return -1;
    fd.revents = static_cast<short>(descriptor.ready & (fd.events | kAlways));
    if (fd.revents != 0) ++count;
  }
  return count;
}

void Reactor::enlist(Wait& wait) {
  for (std::size_t i = 0; i < wait.fds_.size(); ++i) {
    if (wait.fds_[i].fd < 0) continue;
    Interest& interest = wait.interests_[i];
    interest.wait = &wait;
    interest.events = static_cast<short>(wait.fds_[i].events | kAlways);
    at(wait.fds_[i].fd).interests.push_back(interest);
  }
  waits_.insert(wait);
}

// -1: the tick is early enough.
int Reactor::timeout(std::chrono::milliseconds most) const {
  const auto until_first = [&] {
    // Rounded up, so that a round never ends just before the time, and spins.
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(waits_.begin()->until_ - Clock::now());
    return std::max(left, std::chrono::milliseconds(0));
  };
  if (most.count() != 0 && !waits_.empty()) most = std::min(most, until_first());
  return most < tick_ ? static_cast<int>(most.count()) : -1;
}

void Reactor::round(std::chrono::milliseconds most) {
  poll(timeout(most));
  if (waits_.empty()) return;
  const auto now = Clock::now();
  if (waits_.begin()->until_ > now) return;
  catch_up();
  wake_late(now);
}

// What a descriptor had to say when this began is heard after as many events as there are descriptors.
void Reactor::catch_up() {
  std::size_t heard = 0;
  int count = 0;
  do {
    count = poll(0);
    if (count > 0) heard += static_cast<std::size_t>(count);
  } while (count < 0 || (count == kMostEvents && heard < descriptors_.size()));
}

// How many events there were; -1: a signal came first.
int Reactor::poll(int timeout) {
  std::array<epoll_event, kMostEvents> events;
  const int count = ::epoll_wait(epoll_.get(), events.data(), kMostEvents, timeout);
  for (int i = 0; i < count; ++i) {
    const epoll_event& event = events[static_cast<std::size_t>(i)];
    if (event.data.fd == ticking_.get()) {
      std::uint64_t ignored;
      (void)!::read(ticking_.get(), &ignored, sizeof ignored);
      continue;
    }
    heard(event.data.fd, static_cast<short>(event.events & kHeard));
  }
  return count;
}

void Reactor::heard(int fd, short events) {
  Watched& descriptor = at(fd);
  descriptor.ready = static_cast<short>(descriptor.ready | events);
  for (auto next = descriptor.interests.begin(); next != descriptor.interests.end();) {
    Interest& interest = *next++;  // waking unlinks it, and no other of this descriptor
    if ((interest.events & descriptor.ready) != 0) wake(*interest.wait);
  }
  sink_.stirred(fd);
}

void Reactor::wake(Wait& wait) {
  look(wait.fds_);
  for (Interest& interest : wait.interests_) interest.unlink();
  waits_.erase(waits_.iterator_to(wait));
  sink_.woken(wait);
}

void Reactor::wake_late(Clock::time_point now) {
  while (!waits_.empty() && waits_.begin()->until_ <= now) wake(*waits_.begin());
}

}  // namespace gatehouse::net
