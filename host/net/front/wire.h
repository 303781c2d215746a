// Writes answers to a client's socket, in as few sends as possible. A write sends everything or fails; a client
// that reads too slowly is given up. One thread at a time.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "core/status.h"

namespace gatehouse::net {

class Wire {
 public:
  static constexpr std::size_t kMaxPieces = 6;

  // A stall of 0 never waits at all. REQUIRES: fd is a connected stream socket.
  Wire(int fd, std::chrono::milliseconds stall) : fd_(fd), stall_(stall) {}

  // Sends the pieces in one go. client_gone when the client left or takes no bytes for `stall`,
  // or fewer than 1 KiB/s on the whole. REQUIRES: pieces.size() <= kMaxPieces.
  core::Status write(std::span<const std::string_view> pieces);

  std::uint64_t bytes_sent() const { return bytes_sent_; }

 private:
  using Clock = std::chrono::steady_clock;
  core::Status wait_for_room(Clock::time_point deadline);

  int fd_;
  std::chrono::milliseconds stall_;
  std::uint64_t bytes_sent_ = 0;
};

}  // namespace gatehouse::net
