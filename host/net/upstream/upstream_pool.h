// Idle connections to providers, by origin ("https://host:port") and by the loop that watches them. The
// youngest is used first.
// Thread-safe; one mutex, held for a lookup only: checks and closings happen outside it.
#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "core/rare_warning.h"
#include "net/upstream/upstream_connection.h"

namespace gatehouse::net {

class UpstreamPool {
 public:
  // The timeout should be shorter than the providers' own: the side that closes first avoids the race.
  UpstreamPool(std::size_t idle_per_origin, std::chrono::milliseconds idle_timeout);

  // One on which nothing lies, or null. Those that have ended, said something unasked or waited too long are
  // closed on the way.
  std::unique_ptr<UpstreamConnection> take(std::string_view origin, const core::Waiter* home);

  // REQUIRES: the connection's last answer was complete, and both sides wish to go on.
  void put(std::string_view origin, std::unique_ptr<UpstreamConnection> connection);

  // Says in the log, now and then, that bytes came which nobody had asked for.
  void tell_of_stray(std::string_view origin);

  std::size_t idle() const;

 private:
  using Clock = std::chrono::steady_clock;
  struct Idle {
    std::unique_ptr<UpstreamConnection> connection;
    Clock::time_point since;
  };
  using Idles = std::vector<Idle>;  // oldest first
  using Origins = std::map<std::string, Idles, std::less<>>;

  Idle pop(std::string_view origin, const core::Waiter* home);
  void collect_overdue(Clock::time_point now, Idles& overdue);

  const std::size_t idle_per_origin_;
  const std::chrono::milliseconds idle_timeout_;
  mutable std::mutex mutex_;
  std::map<const core::Waiter*, Origins> homes_;  // guarded by mutex_
  Clock::time_point next_sweep_;                  // guarded by mutex_
  core::RareWarning stray_{std::chrono::seconds(10)};
};

}  // namespace gatehouse::net
