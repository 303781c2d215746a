// One end of the connection between a gateway and the one that takes over from it: short messages, each with
// descriptors if need be, over a socket in data_dir. Move-only. Any thread; one at a time receives.
#pragma once

#include <chrono>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/descriptor.h"
#include "core/status.h"

namespace gatehouse::takeover {

struct Message {
  std::string text;  // empty: the other end is gone
  std::vector<core::Descriptor> descriptors;
};

class Channel {
 public:
  static constexpr std::size_t kMostDescriptors = 8;  // of one message
  static constexpr std::size_t kMostText = 1024;

  Channel() = default;  // to nobody
  explicit Channel(core::Descriptor socket) : socket_(std::move(socket)) {}

  // To the gateway that listens in data_dir. not_found: there is none.
  static core::Result<Channel> connect(const std::string& data_dir);
  // The socket on which connect() finds us, in place of whoever had it before. REQUIRES: data_dir's lock.
  static core::Result<core::Descriptor> listen(const std::string& data_dir);
  // Takes the socket's name out of data_dir, so that nothing of a gateway that has ended is left there.
  static void remove(const std::string& data_dir);
  // Whether its other end is our own user's, or root's.
  bool is_trusted() const;

  // Never waits. Fails when the other end is gone or takes nothing.
  core::Status send(std::string_view text, std::span<const int> descriptors = {}) const;
  // upstream_timeout: nothing came in time; below 0: waits for ever.
  core::Result<Message> receive(std::chrono::milliseconds time) const;
  void shut_down() const;  // both ends find the other gone

 private:
  core::Descriptor socket_;
};

}  // namespace gatehouse::takeover
