// What reaches a connection between the last look at it and the request: the look is made to come too early.
#include <gtest/gtest.h>
#include <sys/syscall.h>

#include <atomic>
#include <cerrno>
#include <semaphore>
#include <string>

#include "scripted_server.h"
#include "upstream_fixture.h"

namespace {

std::atomic<bool> looks_too_early{false};

}  // namespace

// Stands before libc's. A look at a socket finds nothing for once.
extern "C" ssize_t recv(int fd, void* buffer, size_t size, int flags) {
  if ((flags & MSG_PEEK) != 0 && looks_too_early.exchange(false)) {
    errno = EAGAIN;
    return -1;
  }
  return ::syscall(SYS_recvfrom, fd, buffer, size, flags, nullptr, nullptr);
}

namespace gatehouse::net {
namespace {

using core::Code;

class UpstreamRaceTest : public UpstreamTest, public testing::WithParamInterface<std::size_t> {
 protected:
  // The answer to the first request, then what `between` does, then the rest of the script.
  ScriptedServer::Script first_then(std::function<void(ScriptedPeer&)> between) {
    return [this, between](ScriptedPeer& peer, int number) {
      peer.read_request();
      peer.write(kOk);
      if (number == 0) {
        answered.acquire();
        between(peer);
        said.release();
      }
      peer.wait_closed();
    };
  }

  core::Status ask_twice(const Server& server) {
    EXPECT_TRUE(post(server.url()).ok());
    answered.release();
    said.acquire();
    looks_too_early = true;
    return post(server.url(), std::string(GetParam(), 'x'));
  }

  std::counting_semaphore<> answered{0}, said{0};
};

TEST_P(UpstreamRaceTest, AnAnswerFromBeforeTheRequestIsNotItsAnswer) {
  for (const char* stray : {"HTTP/1.1 200 OK\r\ncontent-length: 7\r\n\r\nanother", "HTTP/1.1 100 X\r\n\r\n", "x"}) {
    Server server(*this, first_then([&](ScriptedPeer& peer) {
      peer.write(stray);
      peer.deliver();
    }));
    expect_fails(ask_twice(server), Code::upstream_failed, {"answered before it was asked"});
    EXPECT_EQ(sink.heads, 0);
    EXPECT_EQ(upstream->idle_connections(), 0u);
    EXPECT_FALSE(trace.resent) << "it may have been read";
    EXPECT_EQ(server.connections(), 1);
  }
}

TEST_P(UpstreamRaceTest, WhatWasSentToOneWhoHadGoneIsSentAgain) {
  const auto says_farewell = [](ScriptedPeer& peer) {
    peer.write("HTTP/1.1 408 X\r\nconnection: close\r\ncontent-length: 0\r\n\r\n");
    peer.deliver();
    peer.end_sending();
    peer.close();
  };
  const auto closes = [](ScriptedPeer& peer) {
    peer.end_sending();
    peer.close();
  };
  const auto resets = [](ScriptedPeer& peer) { peer.reset(); };
  for (void (*goes)(ScriptedPeer&) : {+says_farewell, +closes, +resets}) {
    Server server(*this, first_then(goes));
    const core::Status status = ask_twice(server);
    ASSERT_TRUE(status.ok()) << status.message();
    EXPECT_EQ(sink.body, "hello");
    EXPECT_EQ(sink.heads, 1);
    EXPECT_TRUE(trace.resent);
    EXPECT_FALSE(trace.reused);
    EXPECT_EQ(server.connections(), 2);
  }
}

INSTANTIATE_TEST_SUITE_P(BytesOfTheRequest, UpstreamRaceTest, testing::Values(2u, 1u << 20));

}  // namespace
}  // namespace gatehouse::net
