// What a loop carries: work around one descriptor, which runs in a fiber while there is something to
// do and is parked in between. A server's Connection is one. Owned, and used, by one thread at a time.
#pragma once

#include <chrono>
#include <cstdint>

namespace gatehouse::net {

class Job {
 public:
  using Clock = std::chrono::steady_clock;
  // What is to be done with it next.
  enum class Next : std::uint8_t {
    wait,   // park until bytes arrive or deadline(), then run()
    drain,  // park; discard() what arrives until it says so or deadline(), then close
    close,
  };

  virtual ~Job() = default;

  // In a fiber: does what there is to do, then returns; next() says how to go on.
  virtual void run() = 0;
  // Instead of run(), where there is no memory for a fiber. Never waits.
  virtual void turn_away() = 0;
  // Reads and forgets; false: close.
  virtual bool discard() = 0;

  virtual int fd() const = 0;
  virtual Next next() const = 0;
  // Gives an idle one's descriptor to another process, which goes on with it; false: to none.
  virtual bool bequeath() { return false; }
  virtual bool idle() const = 0;       // nothing has been begun: it may be closed
  virtual bool has_bytes() const = 0;  // that nobody has read yet
  virtual Clock::time_point deadline() const = 0;

  bool watched = false;  // its loop's: the descriptor is in the epoll set
};

}  // namespace gatehouse::net
