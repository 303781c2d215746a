// Says whether one exchange should still go on: its caller may have left, or the gateway may be
// draining. Whoever waits for something slow watches fds() beside it and then asks check().
// One object per exchange; used by one thread at a time.
#pragma once

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
  virtual ~Cancellation() = default;
  virtual std::span<const Watch> watches() const = 0;
  virtual Status check() = 0;  // ok: go on. client_gone, overloaded (draining): stop
};

}  // namespace gatehouse::core
