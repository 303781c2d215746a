// Says whether one exchange should still go on: its caller may have left, or the gateway may be draining. A wait
// for something slow includes watches(), and is followed by check().
// One object per exchange; used by one thread at a time.
#pragma once

#include <chrono>
#include <span>

#include "core/status.h"

namespace gatehouse::core {

// A file descriptor and the poll(2) events that mean "ask check() now".
struct Watch {
  int fd;
  short events;
};

class Cancellation {
 public:
  using Clock = std::chrono::steady_clock;

  virtual ~Cancellation() = default;
  virtual std::span<const Watch> watches() const = 0;
  virtual Status check() = 0;  // ok: go on. client_gone, overloaded (draining): stop
  // When to ask check() although no descriptor is ready.
  virtual Clock::time_point ask_again_at() const { return Clock::time_point::max(); }
};

}  // namespace gatehouse::core
