// When a connection is kept, when it is used again, and when a request is sent once more.
#include "net/upstream/upstream_pool.h"

#include <gtest/gtest.h>

#include <chrono>
#include <future>
#include <string>
#include <thread>

#include "scripted_server.h"
#include "upstream_fixture.h"

namespace gatehouse::net {
namespace {

using core::Code;
using namespace std::chrono_literals;
using namespace std::string_literals;

TEST_F(UpstreamTest, ReusesAnIdleConnection) {
  Server server(*this, always(kOk));
  ASSERT_TRUE(post(server.url()).ok());
  EXPECT_EQ(upstream->idle_connections(), 1u);
  ASSERT_TRUE(post(server.url()).ok());
  EXPECT_TRUE(trace.reused);
  EXPECT_EQ(trace.connect.count(), 0);
  EXPECT_EQ(server.connections(), 1);
}

TEST_F(UpstreamTest, KeepsNoConnectionThatTheProviderWantsClosed) {
  for (const char* head : {"HTTP/1.1 200 OK\r\nconnection: close\r\n", "HTTP/1.0 200 OK\r\n"}) {
    Server server(*this, once(head + "content-length: 5\r\n\r\nhello"s));
    ASSERT_TRUE(post(server.url()).ok());
    EXPECT_EQ(upstream->idle_connections(), 0u);
  }
}

TEST_F(UpstreamTest, KeepsNoConnectionWithBytesBehindTheAnswer) {
  Server server(*this, always(kOk + "HTTP/1.1 200 OK\r\n"));
  ASSERT_TRUE(post(server.url()).ok());
  EXPECT_EQ(upstream->idle_connections(), 0u);
}

TEST_F(UpstreamTest, KeepsAtMostTheIdleLimitAndNotLongerThanTheTimeout) {
  Server server(*this, always(kOk));
  UpstreamOptions options;
  options.idle_per_origin = 0;
  use(options);
  ASSERT_TRUE(post(server.url()).ok());
  EXPECT_EQ(upstream->idle_connections(), 0u);
  options.idle_per_origin = 1;
  options.idle_timeout = 20ms;
  use(options);
  ASSERT_TRUE(post(server.url()).ok());
  std::this_thread::sleep_for(40ms);
  ASSERT_TRUE(post(server.url()).ok());
  EXPECT_FALSE(trace.reused);
  EXPECT_EQ(upstream->idle_connections(), 1u);
}

TEST_F(UpstreamTest, DropsAnIdleConnectionThatWasClosed) {
  std::promise<void> closed;
  Server server(*this, [&closed](ScriptedPeer& peer, int number) {
    once(kOk)(peer, 0);
    peer.end_sending();
    if (number == 0) closed.set_value();
  });
  ASSERT_TRUE(post(server.url()).ok());
  closed.get_future().wait();  // while the connection is idle
  ASSERT_TRUE(post(server.url()).ok());
  EXPECT_FALSE(trace.reused);
  EXPECT_FALSE(trace.resent) << "nothing should have been sent on a closed connection";
}

// It may have begun to work, and want to be paid for it.
TEST_F(UpstreamTest, DoesNotSendAgainWhatTheProviderHasRead) {
  for (const bool with_reset : {false, true}) {
    for (const auto work : {0ms, 10ms, 300ms}) {
      Server server(*this, [&](ScriptedPeer& peer, int) {
        peer.read_request();
        peer.write(kOk);
        peer.read_request();
        std::this_thread::sleep_for(work);
        with_reset ? peer.reset() : peer.close();
      });
      ASSERT_TRUE(post(server.url()).ok());
      expect_fails(post(server.url()), Code::upstream_failed, {"closed the connection without an answer"});
      EXPECT_TRUE(trace.reused);
      EXPECT_FALSE(trace.resent) << (with_reset ? "reset" : "closed") << " after " << work.count() << " ms";
      EXPECT_EQ(server.connections(), 1);
    }
  }
}

TEST_F(UpstreamTest, DoesNotSendAgainOnceTheAnswerBegan) {
  Server server(*this, [](ScriptedPeer& peer, int) {
    peer.read_request();
    peer.write(kOk);
    peer.read_request();
    peer.write("H");
  });
  ASSERT_TRUE(post(server.url()).ok());
  expect_fails(post(server.url()), Code::upstream_failed, {"in the middle of its answer"});
  EXPECT_FALSE(trace.resent);
  EXPECT_TRUE(trace.reused);
  EXPECT_EQ(server.connections(), 1);
}

const std::string kChunked = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n";

TEST_F(UpstreamTest, WaitsNotForTheEndOfAnAnswerThatIsAllThere) {
  sink.all = "done";
  for (const char* behind : {"", "4\r\nmor", "ZZ\r\n"}) {
    std::promise<bool> closed;
    Server server(*this, [&](ScriptedPeer& peer, int) {
      peer.read_request();
      peer.write(kChunked + "4\r\ndone\r\n" + behind);
      closed.set_value(peer.wait_closed());
    });
    const auto began = std::chrono::steady_clock::now();
    const core::Status status = post(server.url());
    ASSERT_TRUE(status.ok()) << status.message();
    EXPECT_LT(std::chrono::steady_clock::now() - began, 30s) << "of the minute that a silent provider has";
    EXPECT_EQ(sink.body.substr(0, 4), "done");
    EXPECT_EQ(upstream->idle_connections(), 0u);
    EXPECT_TRUE(closed.get_future().get());
  }
}

TEST_F(UpstreamTest, KeepsTheConnectionOfAnAnswerThatEndsAMomentAfterItWasAllThere) {
  sink.all = "done";
  Server server(*this, [](ScriptedPeer& peer, int) {
    while (!peer.read_request().empty()) {
      peer.write(kChunked + "4\r\ndone\r\n");
      std::this_thread::sleep_for(1ms);
      peer.write("0\r\n\r\n");
    }
  });
  // A machine that is busy elsewhere may be late, but not every time.
  for (int i = 0; i < 100 && (!upstream || upstream->idle_connections() == 0); ++i)
    ASSERT_TRUE(post(server.url()).ok());
  EXPECT_EQ(upstream->idle_connections(), 1u);
}

TEST_F(UpstreamTest, DoesNotSendAgainOnANewConnection) {
  Server server(*this, [](ScriptedPeer& peer, int) { peer.read_request(); });
  expect_fails(post(server.url()), Code::upstream_failed, {"closed the connection without an answer", "127.0.0.1:"});
  EXPECT_EQ(server.connections(), 1);
}

}  // namespace
}  // namespace gatehouse::net
