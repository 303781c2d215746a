// One thread that watches everything no worker needs to watch: the listener, connections that
// wait for bytes, and connections that are being closed in peace. Costs no thread per
// connection. park() and parked() are thread-safe; the owner is called on the parking's thread.
#pragma once

#include <atomic>
#include <chrono>
#include <latch>
#include <memory>
#include <mutex>
#include <thread>
#include <unordered_map>
#include <vector>

#include "core/status.h"
#include "net/connection.h"

namespace gatehouse::net {

class Parking {
 public:
  class Owner {
   public:
    virtual ~Owner() = default;
    // Connections wait to be accepted. False: none can be just now, ask again in a while.
    virtual bool on_acceptable() = 0;
    // Bytes have arrived, or the deadline of a request begun has passed.
    virtual void on_ready(std::unique_ptr<Connection> connection) = 0;
    // Nothing is to be accepted any more: close the listener.
    virtual void on_drain() = 0;
  };

  // Deadlines are looked at every `tick`.
  Parking(Owner& owner, std::chrono::milliseconds tick) : owner_(owner), tick_(tick) {}
  ~Parking();

  core::Status start(int listener);
  void park(std::unique_ptr<Connection> connection);
  // Returns once the listener is closed. Connections without a request are closed from now on.
  void drain();
  // Ends the thread; connections still parked are closed by the destructor.
  void stop();
  std::size_t parked() const;

 private:
  using Clock = Connection::Clock;
  using Batch = std::vector<std::unique_ptr<Connection>>;

  void loop();
  void on_event(int fd);
  void accept();
  void look_at_deadlines();
  void close_idle();
  bool watch(Connection& connection);
  std::unique_ptr<Connection> take(int fd);

  Owner& owner_;
  const std::chrono::milliseconds tick_;
  int epoll_ = -1;
  int wakeup_ = -1;  // an eventfd
  int listener_ = -1;
  Clock::time_point accept_again_{};  // while paused; the loop's own, like next_look_
  Clock::time_point next_look_{};
  bool drained_ = false;

  std::atomic<bool> draining_{false};
  std::atomic<bool> stopping_{false};
  std::latch listener_closed_{1};
  mutable std::mutex mutex_;
  std::unordered_map<int, std::unique_ptr<Connection>> connections_;
  std::thread thread_;
};

}  // namespace gatehouse::net
