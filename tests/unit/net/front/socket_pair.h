// Two connected sockets of a test's own, closed afterwards. For one thread.
#pragma once

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

namespace gatehouse::net {

struct SocketPair {
  SocketPair() { EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0); }
  SocketPair(const SocketPair&) = delete;
  SocketPair& operator=(const SocketPair&) = delete;
  ~SocketPair() {
    for (const int end : ends) {
      if (end >= 0) ::close(end);
    }
  }
  void close(int which) {
    ::close(ends[which]);
    ends[which] = -1;
  }

  int ends[2] = {-1, -1};
};

}  // namespace gatehouse::net
