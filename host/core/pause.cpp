#include "core/pause.h"

#include <poll.h>

#include <algorithm>
#include <cerrno>
#include <system_error>
#include <vector>

namespace gatehouse::core {

Status pause(std::chrono::steady_clock::duration time, Cancellation& cancellation) {
  using Clock = std::chrono::steady_clock;
  const auto end = Clock::now() + time;
  std::vector<pollfd> fds;
  for (const Watch& watch : cancellation.watches()) fds.push_back({watch.fd, watch.events, 0});
  for (auto now = Clock::now(); now < end; now = Clock::now()) {
    const auto until = std::min(end, std::max(cancellation.ask_again_at(), now));
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - now).count();
    const int ready = ::poll(fds.data(), fds.size(), static_cast<int>(left));
    if (ready < 0 && errno != EINTR) {
      return {Code::internal, "poll failed: " + std::generic_category().message(errno)};
    }
    GH_TRY(cancellation.check());
    for (pollfd& fd : fds) {
      if (ready > 0 && fd.revents != 0) fd.fd = -1;  // it would fire for ever, and has been asked about
    }
  }
  return {};
}

}  // namespace gatehouse::core
