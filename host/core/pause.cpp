#include "core/pause.h"

#include <algorithm>
#include <vector>

#include "core/wait.h"

namespace gatehouse::core {

Status pause(std::chrono::steady_clock::duration time, Cancellation& cancellation) {
  using Clock = std::chrono::steady_clock;
  if (time <= Clock::duration::zero()) return {};
  const auto end = Clock::now() + time;
  std::vector<pollfd> fds;
  for (const Watch& watch : cancellation.watches()) fds.push_back({watch.fd, watch.events, 0});
  for (auto now = Clock::now(); now < end; now = Clock::now()) {
    GH_ASSIGN(const int ready, wait(fds, std::min(end, std::max(cancellation.ask_again_at(), now))));
    GH_TRY(cancellation.check());
    for (pollfd& fd : fds) {
      if (ready > 0 && fd.revents != 0) fd.fd = -1;  // check() has been asked; left in, it would fire for ever
    }
  }
  return {};
}

}  // namespace gatehouse::core
