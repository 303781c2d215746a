#include "net/front/wire.h"

#include <sys/socket.h>
#include <sys/uio.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

#include "core/wait.h"

namespace gatehouse::net {
namespace {

constexpr int kFlags = MSG_NOSIGNAL | MSG_DONTWAIT;
constexpr std::size_t kJoined = 2048;      // up to here a copy costs less than a list of pieces
constexpr std::size_t kLowestRate = 1024;  // bytes a second, for a reader who takes just enough not to stall

core::Status gone(std::string why) {
  return core::Status(core::Code::client_gone, "The client " + std::move(why) + ".");
}

// Drops the first `sent` bytes of what is left to send.
void advance(msghdr& message, std::size_t sent) {
  while (message.msg_iovlen > 0 && sent >= message.msg_iov->iov_len) {
    sent -= message.msg_iov->iov_len;
    ++message.msg_iov;
    --message.msg_iovlen;
  }
  if (message.msg_iovlen == 0) return;
  message.msg_iov->iov_base = static_cast<char*>(message.msg_iov->iov_base) + sent;
  message.msg_iov->iov_len -= sent;
}

}  // namespace

core::Status Wire::write(std::span<const std::string_view> pieces) {
  iovec vectors[kMaxPieces];
  msghdr message{};
  message.msg_iov = vectors;
  std::size_t total = 0;
  for (const std::string_view piece : pieces) {
    if (piece.empty()) continue;
    vectors[message.msg_iovlen++] = {const_cast<char*>(piece.data()), piece.size()};
    total += piece.size();
  }
  char joined[kJoined];
  if (message.msg_iovlen > 1 && total <= kJoined) {
    char* end = joined;
    for (const std::string_view piece : pieces) end = std::copy(piece.begin(), piece.end(), end);
    vectors[0] = {joined, total};
    message.msg_iovlen = 1;
  }
  Clock::time_point deadline;
  while (message.msg_iovlen > 0) {
    const ssize_t sent = message.msg_iovlen == 1
                             ? ::send(fd_, message.msg_iov->iov_base, message.msg_iov->iov_len, kFlags)
                             : ::sendmsg(fd_, &message, kFlags);
    if (sent >= 0) {
      bytes_sent_ += static_cast<std::uint64_t>(sent);
      advance(message, static_cast<std::size_t>(sent));
      continue;
    }
    if (errno == EINTR) continue;
    if (errno != EAGAIN && errno != EWOULDBLOCK) return gone("has left: " + std::generic_category().message(errno));
    if (deadline == Clock::time_point()) deadline = Clock::now() + stall_ + std::chrono::seconds(total / kLowestRate);
    GH_TRY(wait_for_room(deadline));
  }
  return {};
}

core::Status Wire::wait_for_room(Clock::time_point deadline) {
  core::mark_drained(fd_, POLLOUT);
  const auto now = Clock::now();
  if (now > deadline) return gone("reads too slowly");
  pollfd fd{fd_, POLLOUT, 0};
  GH_ASSIGN(const int ready, stall_.count() == 0 ? 0 : core::wait({&fd, 1}, now + stall_));
  return ready == 0 ? gone("takes no more bytes") : core::Status();
}

}  // namespace gatehouse::net
