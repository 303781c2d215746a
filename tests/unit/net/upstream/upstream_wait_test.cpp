// How long Upstream waits in each phase, and what wakes it earlier.
#include <gtest/gtest.h>

#include <chrono>
#include <functional>
#include <future>
#include <thread>

#include "scripted_server.h"
#include "upstream_fixture.h"

namespace gatehouse::net {
namespace {

using core::Code;
using namespace std::chrono_literals;

const std::string kHead = "HTTP/1.1 200 OK\r\n";

TEST_F(UpstreamTest, GivesUpConnecting) {
  // A listener whose queue is full drops every further SYN.
  const int listener = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  auto* const name = reinterpret_cast<sockaddr*>(&address);
  ASSERT_EQ(::bind(listener, name, size), 0);
  ASSERT_EQ(::listen(listener, 0), 0);
  ASSERT_EQ(::getsockname(listener, name, &size), 0);
  int fillers[4];
  for (int& filler : fillers) {
    filler = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    ::connect(filler, name, size);
  }
  timeouts.connect = 200ms;
  expect_fails(post("http://127.0.0.1:" + std::to_string(ntohs(address.sin_port)) + "/"), Code::upstream_timeout,
               {"could not be reached within 200 ms", "127.0.0.1:"});
  for (const int filler : fillers) ::close(filler);
  ::close(listener);
}

TEST_F(UpstreamTest, GivesUpWaitingForTheFirstByte) {
  Server server(*this, [](ScriptedPeer& peer, int) {
    peer.read_request();
    peer.wait_closed();
  });
  timeouts.first_byte = 100ms;
  expect_fails(post(server.url()), Code::upstream_timeout, {"did not begin to answer within 100 ms", "127.0.0.1:"});
}

TEST_F(UpstreamTest, CountsAHeadThatTricklesInAsNoAnswer) {
  Server server(*this, [](ScriptedPeer& peer, int) {
    peer.read_request();
    peer.write("HTTP/1.1 200 OK\r\nx: ");
    while (peer.write("x")) std::this_thread::sleep_for(10ms);
  });
  timeouts.first_byte = 100ms;
  expect_fails(post(server.url()), Code::upstream_timeout, {"did not begin to answer within 100 ms"});
}

TEST_F(UpstreamTest, GivesUpWhenTheAnswerStalls) {
  Server server(*this, [](ScriptedPeer& peer, int) {
    peer.read_request();
    peer.write(kHead + "content-length: 6\r\n\r\nhello");
    peer.wait_closed();
  });
  timeouts.between_chunks = 100ms;
  expect_fails(post(server.url()), Code::upstream_timeout, {"sent nothing more of its answer within 100 ms"});
  EXPECT_EQ(sink.body, "hello");
  EXPECT_EQ(upstream->idle_connections(), 0u);
}

TEST_F(UpstreamTest, GivesUpWhenTheProviderTakesNoBytes) {
  std::promise<void> given_up;
  Server server(*this, [done = given_up.get_future().share()](ScriptedPeer&, int) { done.wait(); });
  timeouts.between_chunks = 100ms;
  expect_fails(post(server.url(), std::string(32u << 20, 'x')), Code::upstream_timeout,
               {"took no more of the request"});
  given_up.set_value();
}

TEST_F(UpstreamTest, GivesUpWhenTheWholeTakesTooLong) {
  Server server(*this, [](ScriptedPeer& peer, int) {
    peer.read_request();
    peer.write(kHead + "\r\n");
    while (peer.write("tick")) std::this_thread::sleep_for(20ms);
  });
  timeouts.total = 1s;
  expect_fails(post(server.url()), Code::upstream_timeout, {"did not finish its answer within 1 s"});
}

// Runs a call that would wait for a minute, and flips the switch as soon as it waits.
void expect_woken(const std::function<core::Status()>& call, Switch& cancellation, std::future<void> waiting) {
  std::thread flipper([&] {
    waiting.wait();
    std::this_thread::sleep_for(20ms);
    cancellation.flip();
  });
  const auto begin = std::chrono::steady_clock::now();
  expect_fails(call(), Code::client_gone, {"The client has left."});
  EXPECT_LT(std::chrono::steady_clock::now() - begin, 30s) << "half of what it would wait";
  flipper.join();
}

TEST_F(UpstreamTest, CancellationWakesAWaitForTheHead) {
  std::promise<void> waiting;
  Server server(*this, [&](ScriptedPeer& peer, int) {
    peer.read_request();
    waiting.set_value();
    EXPECT_TRUE(peer.wait_closed());
  });
  expect_woken([&] { return post(server.url()); }, cancellation, waiting.get_future());
  EXPECT_EQ(upstream->idle_connections(), 0u);
}

TEST_F(UpstreamTest, CancellationWakesAWaitForTheBody) {
  std::promise<void> waiting;
  Server server(*this, [&](ScriptedPeer& peer, int) {
    peer.read_request();
    peer.write(kHead + "\r\nhello");
    waiting.set_value();
    EXPECT_TRUE(peer.wait_closed());
  });
  expect_woken([&] { return post(server.url()); }, cancellation, waiting.get_future());
}

TEST_F(UpstreamTest, CancellationWakesAWaitToSend) {
  std::promise<void> waiting;
  std::promise<void> woken;
  Server server(*this, [&](ScriptedPeer& peer, int) {
    waiting.set_value();
    woken.get_future().wait();
    EXPECT_TRUE(peer.wait_closed());
  });
  const std::string body(32u << 20, 'x');
  expect_woken([&] { return post(server.url(), body); }, cancellation, waiting.get_future());
  woken.set_value();
}

TEST_F(UpstreamTest, AWatchThatMeansNothingIsAskedOncePerWait) {
  Server server(*this, [](ScriptedPeer& peer, int) {
    peer.read_request();
    std::this_thread::sleep_for(100ms);
    peer.write(kOk);
  });
  cancellation.harmless = true;
  cancellation.flip();
  ASSERT_TRUE(post(server.url()).ok());
  EXPECT_GT(cancellation.checks, 0);
  EXPECT_LT(cancellation.checks, 10);
}

}  // namespace
}  // namespace gatehouse::net
