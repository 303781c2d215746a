#include "net/dial/deadlines.h"

#include <poll.h>

#include <algorithm>
#include <array>
#include <string>

#include "core/wait.h"

namespace gatehouse::net {
namespace {

using Clock = Deadlines::Clock;

std::string in_words(std::chrono::milliseconds time) {
  return time.count() % 1000 == 0 ? std::to_string(time.count() / 1000) + " s" : std::to_string(time.count()) + " ms";
}

}  // namespace

core::Status blame(core::Code code, const Peer& peer, std::string_view what) {
  core::Failure failure;
  failure.code = code;
  failure.message = "The provider ";
  if (!peer.provider.empty()) failure.message.append("'").append(peer.provider).append("' ");
  failure.message.append(what).append(".");
  failure.detail = peer.address;
  return core::Status(std::move(failure));
}

Deadlines::Deadlines(const Peer& peer, const core::Timeouts& timeouts, core::Cancellation& cancellation)
    : peer_(peer),
      timeouts_(timeouts),
      cancellation_(cancellation),
      total_end_(core::coarse_now() + timeouts.total),
      phase_end_(total_end_) {}

void Deadlines::begin(std::string_view complaint, std::chrono::milliseconds limit) {
  complaint_ = complaint;
  limit_ = limit;
  phase_end_ = std::min(core::coarse_now() + limit, total_end_);
}

core::Status Deadlines::time_is_up() const {
  const bool total = phase_end_ == total_end_;
  return blame(core::Code::upstream_timeout, peer_,
               std::string(total ? "did not finish its answer" : complaint_) + " within " +
                   in_words(total ? timeouts_.total : limit_));
}

core::Result<short> Deadlines::wait(int fd, short events) {
  core::Result<short> woken = wait(fd, events, phase_end_);
  if (woken.ok() && *woken == 0) return time_is_up();
  return woken;
}

core::Result<short> Deadlines::wait(int fd, short events, Clock::time_point end) {
  constexpr std::size_t kMostWatches = 7;
  const auto watches = cancellation_.watches();
  if (watches.size() > kMostWatches) return core::Status(core::Code::internal, "An exchange has too many watches.");
  std::array<pollfd, kMostWatches + 1> fds;
  fds[0] = {fd, events, 0};
  for (std::size_t i = 0; i < watches.size(); ++i) fds[i + 1] = {watches[i].fd, watches[i].events, 0};

  end = std::min(end, phase_end_);
  while (true) {
    const Clock::time_point ask_again = cancellation_.ask_again_at();
    GH_ASSIGN(const int ready, core::wait(std::span(fds).first(watches.size() + 1), std::min(end, ask_again)));
    const bool asked_again = ask_again != Clock::time_point::max() && Clock::now() >= ask_again;
    bool watch_fired = asked_again;
    for (std::size_t i = 1; i <= watches.size(); ++i) {
      if (fds[i].revents == 0) continue;
      watch_fired = true;
      fds[i].fd = -1;  // It would fire for ever: one question per wait is enough.
    }
    if (watch_fired) GH_TRY(cancellation_.check());
    if (fds[0].revents != 0) return fds[0].revents;
    if (ready == 0 && !(asked_again && Clock::now() < end)) return short{0};
  }
}

}  // namespace gatehouse::net
