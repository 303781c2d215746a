// Knows who waits for which descriptor until when. Each descriptor enters an edge-triggered epoll set once,
// and the reactor remembers what was reported of it since: a round costs one system call, a wait none.
// One thread at a time.
#pragma once

#include <poll.h>

#include <array>
#include <boost/intrusive/list.hpp>
#include <boost/intrusive/set.hpp>
#include <chrono>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "core/descriptor.h"
#include "core/status.h"

namespace gatehouse::net {

class Reactor {
 public:
  class Wait;

 private:
  // A wait's part in one descriptor.
  struct Interest : boost::intrusive::list_base_hook<boost::intrusive::link_mode<boost::intrusive::auto_unlink>> {
    Wait* wait = nullptr;
    short events = 0;
  };

 public:
  using Clock = std::chrono::steady_clock;
  static constexpr std::size_t kMostWatches = 8;

  // One who waits; it lives until it is woken.
  class Wait : public boost::intrusive::set_base_hook<> {
   public:
    // REQUIRES: fds.size() <= kMostWatches, and they outlive the wait.
    Wait(std::span<pollfd> fds, Clock::time_point until) : fds_(fds), until_(until) {}
    bool operator<(const Wait& other) const { return until_ < other.until_; }

   private:
    friend Reactor;
    std::span<pollfd> fds_;
    Clock::time_point until_;
    std::array<Interest, kMostWatches> interests_;
  };

  class Sink {
   public:
    virtual ~Sink() = default;
    // Some of its descriptors are ready, as their revents say, or its time has come.
    virtual void woken(Wait& wait) = 0;
    // An event was reported for a descriptor, whether anybody waits for it or not.
    virtual void stirred(int fd) = 0;
  };

  explicit Reactor(Sink& sink) : sink_(sink) {}
  Reactor(const Reactor&) = delete;
  Reactor& operator=(const Reactor&) = delete;

  // No round takes longer than a tick.
  core::Status open(std::chrono::milliseconds tick);

  // Adds a new descriptor. Events of an earlier one with the same number are forgotten.
  bool watch(int fd);
  // Adds one that is reported in each round until there is nothing left to read.
  bool watch_steadily(int fd);
  bool pause_steady(int fd, bool pause);

  // Its events that were reported and not marked as drained since.
  short ready(int fd) { return at(fd).ready; }
  void mark_drained(int fd, short events);

  // Fills in revents; returns how many are ready. -1: one of them was never watched.
  int look(std::span<pollfd> fds);
  void enlist(Wait& wait);

  // Waits for events, at most until the first of the waits is over, the next tick or for `most`, and tells the sink.
  // A wait is over only when nothing has been heard of it by a look that began after its time: whoever stopped this
  // process for a while is not to be mistaken for a peer that was silent.
  void round(std::chrono::milliseconds most);
  // Tells the sink all that is there to be heard by now.
  void catch_up();

 private:
  struct Watched {
    short ready = 0;
    bool watched = false;
    boost::intrusive::list<Interest, boost::intrusive::constant_time_size<false>> interests;
  };

  Watched& at(int fd);
  int timeout(std::chrono::milliseconds most) const;
  int poll(int timeout);
  void heard(int fd, short events);
  void wake(Wait& wait);
  void wake_late(Clock::time_point now);

  Sink& sink_;
  core::Descriptor epoll_;
  core::Descriptor ticking_;  // a timer that goes on by itself: to set one for every round costs a microsecond
  std::chrono::milliseconds tick_{0};
  std::vector<std::unique_ptr<Watched>> descriptors_;  // by number; each stays where it is
  boost::intrusive::multiset<Wait> waits_;             // by time
};

}  // namespace gatehouse::net
