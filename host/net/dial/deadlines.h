// How long one exchange waits for its provider. Every wait ends with its phase, with the total time, or at
// once when the exchange is cancelled. One thread at a time.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "core/cancellation.h"
#include "core/status.h"
#include "core/transport.h"

namespace gatehouse::net {

// Whom messages speak of. Callers are told its name, operators its address.
struct Peer {
  std::string_view provider;  // as in YAML; empty: it has none
  std::string_view address;   // "host:port"
};

class Deadlines {
 public:
  using Clock = std::chrono::steady_clock;

  // The total time runs from here. REQUIRES: all outlive this object.
  Deadlines(const Peer& peer, const core::Timeouts& timeouts, core::Cancellation& cancellation);

  const Peer& peer() const { return peer_; }
  const core::Timeouts& timeouts() const { return timeouts_; }
  Clock::time_point phase_end() const { return phase_end_; }

  // The next waits together may take `limit`. `complaint` ends a sentence that begins with the
  // provider: "did not begin to answer within 60 s". REQUIRES: it outlives the phase.
  void begin(std::string_view complaint, std::chrono::milliseconds limit);

  // upstream_timeout, in the words of the phase.
  core::Status time_is_up() const;

  // What poll(2) says about fd: some of `events`, or an error or hang-up. Fails when time is up
  // (upstream_timeout) or the exchange is cancelled.
  core::Result<short> wait(int fd, short events);
  // The same, but gives up silently at `until`, with 0.
  core::Result<short> wait(int fd, short events, Clock::time_point until);

 private:
  Peer peer_;
  const core::Timeouts& timeouts_;
  core::Cancellation& cancellation_;
  Clock::time_point total_end_;
  Clock::time_point phase_end_;
  std::string_view complaint_;
  std::chrono::milliseconds limit_{0};
};

// "The provider 'name' <what>.", and the address as the detail.
core::Status blame(core::Code code, const Peer& peer, std::string_view what);

}  // namespace gatehouse::net
