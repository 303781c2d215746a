#include "net/upstream/upstream.h"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <future>
#include <thread>

#include "scripted_server.h"
#include "upstream_fixture.h"

namespace gatehouse::net {
namespace {

using core::Code;
using namespace std::chrono_literals;
using namespace std::string_literals;

const std::string kChunked =
    "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\nhe\r\n3;x=y\r\nllo\r\n0\r\nx-trailer: 1\r\n\r\n";

TEST_F(UpstreamTest, SendsHeadAndBodyAndPassesTheAnswerOn) {
  std::promise<std::string> seen;
  Server server(*this, [&](ScriptedPeer& peer, int) {
    seen.set_value(peer.read_request());
    peer.write(
        "HTTP/1.1 429 Slow down\r\ncontent-type: text/x\r\nretry-after: 7\r\nretry-after-ms: 1500\r\n"
        "content-length: 5\r\n\r\nhello");
  });
  headers.emplace_back("authorization", "Bearer k");
  const core::Status status = post(server.url(), R"({"a":1})");
  ASSERT_TRUE(status.ok()) << status.message();
  const std::string request = seen.get_future().get();
  EXPECT_TRUE(request.starts_with("POST /v1/chat?x=1 HTTP/1.1\r\nhost: 127.0.0.1:" + std::to_string(server.port()) +
                                  "\r\naccept-encoding: identity\r\ncontent-type: application/json\r\n"
                                  "authorization: Bearer k\r\nuser-agent: gatehouse/"))
      << request;
  EXPECT_TRUE(request.ends_with("\r\ncontent-length: 7\r\n\r\n{\"a\":1}")) << request;
  EXPECT_EQ(sink.status, 429);
  EXPECT_EQ(sink.content_type, "text/x");
  EXPECT_EQ(sink.retry_after, 1500ms);
  EXPECT_EQ(sink.body, "hello");
  EXPECT_FALSE(trace.reused);
  EXPECT_FALSE(trace.resent);
  EXPECT_GT(trace.connect.count(), 0);
}

TEST_F(UpstreamTest, SendsALargeBodyWhole) {
  std::promise<std::size_t> seen;
  Server server(*this, [&](ScriptedPeer& peer, int) {
    std::this_thread::sleep_for(50ms);  // let the socket's buffers fill
    seen.set_value(peer.read_request().size());
    peer.write(kOk);
  });
  const std::string body(8u << 20, 'x');
  const core::Status status = post(server.url(), body);
  ASSERT_TRUE(status.ok()) << status.message();
  EXPECT_GT(seen.get_future().get(), body.size());
}

TEST_F(UpstreamTest, ReadsAnswersHoweverTheyAreSplit) {
  for (const std::string& answer : {kOk, kChunked, "HTTP/1.1 103 Hints\r\nlink: x\r\n\r\n" + kOk}) {
    Server server(*this, [&](ScriptedPeer& peer, int) {
      for (std::size_t cut = 1; cut < answer.size(); ++cut) {
        peer.read_request();
        peer.write(answer.substr(0, cut));
        std::this_thread::sleep_for(1ms);
        peer.write(answer.substr(cut));
      }
    });
    for (std::size_t cut = 1; cut < answer.size(); ++cut) {
      const core::Status status = post(server.url());
      ASSERT_TRUE(status.ok()) << "cut at " << cut << ": " << status.message();
      ASSERT_EQ(sink.body, "hello") << "cut at " << cut;
      ASSERT_EQ(sink.heads, 1);
    }
    EXPECT_EQ(server.connections(), 1);
  }
}

TEST_F(UpstreamTest, ReadsAnswersByteByByte) {
  Server server(*this, [](ScriptedPeer& peer, int) {
    peer.read_request();
    for (const char& byte : kChunked) {
      peer.write({&byte, 1});
      std::this_thread::sleep_for(200us);
    }
  });
  ASSERT_TRUE(post(server.url()).ok());
  EXPECT_EQ(sink.body, "hello");
}

TEST_F(UpstreamTest, ReadsUntilCloseWhereNoLengthIsGiven) {
  Server server(*this, once("HTTP/1.1 200 OK\r\n\r\nhello"));
  ASSERT_TRUE(post(server.url()).ok());
  EXPECT_EQ(sink.body, "hello");
  EXPECT_EQ(upstream->idle_connections(), 0u);
}

TEST_F(UpstreamTest, ReadsAnAnswerOfManyMegabytes) {
  const std::string body(5u << 20, 'y');
  Server server(*this, always("HTTP/1.1 200 OK\r\ncontent-length: " + std::to_string(body.size()) + "\r\n\r\n" + body));
  ASSERT_TRUE(post(server.url()).ok());
  EXPECT_EQ(sink.body, body);
}

TEST_F(UpstreamTest, PassesRedirectsAndEmptyAnswersOn) {
  Server server(*this, [](ScriptedPeer& peer, int) {
    peer.read_request();
    peer.write("HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1:1/\r\ncontent-length: 0\r\n\r\n");
    peer.read_request();
    peer.write("HTTP/1.1 204 No Content\r\n\r\n");
    peer.read_request();
    peer.write("HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\n");
    peer.wait_closed();
  });
  ASSERT_TRUE(post(server.url()).ok());
  EXPECT_EQ(sink.status, 302);
  ASSERT_TRUE(post(server.url()).ok());
  EXPECT_EQ(sink.status, 204);
  method = "HEAD";
  ASSERT_TRUE(post(server.url(), "").ok());
  EXPECT_EQ(sink.status, 200);
  EXPECT_EQ(server.connections(), 1);
}

TEST_F(UpstreamTest, ReadsAnAnswerThatComesBeforeTheRequestIsSent) {
  std::promise<void> answered;
  Server server(*this, [&](ScriptedPeer& peer, int) {
    peer.write("HTTP/1.1 413 Too large\r\ncontent-length: 5\r\n\r\nhello");
    answered.get_future().wait();
  });
  const core::Status status = post(server.url(), std::string(32u << 20, 'x'));
  EXPECT_TRUE(status.ok()) << status.message();
  EXPECT_EQ(sink.status, 413);
  EXPECT_EQ(upstream->idle_connections(), 0u);
  answered.set_value();
}

TEST_F(UpstreamTest, ResolvesNames) {
  Server server(*this, once(kOk));
  const core::Status status = post(server.url("localhost"));
  ASSERT_TRUE(status.ok()) << status.message();
}

TEST_F(UpstreamTest, TheSinksFailureEndsTheCall) {
  Server server(*this, [](ScriptedPeer& peer, int) {
    peer.read_request();
    peer.write(
        "HTTP/1.1 200 OK\r\n"
        "\r\nhello");
    EXPECT_TRUE(peer.wait_closed());
  });
  sink.refuse_body = true;
  expect_fails(post(server.url()), Code::client_gone, {"enough"});
}

TEST_F(UpstreamTest, ServesManyThreadsAtOnce) {
  Server server(*this, always(kOk));
  std::vector<std::thread> threads;
  std::atomic<int> complete = 0;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&] {
      Switch never;
      for (int n = 0; n < 50; ++n) {
        KeepingSink mine;
        core::UpstreamTrace what;
        if (upstream->send({"POST", server.url(), {}, "{}"}, timeouts, never, mine, what).ok() &&
            mine.body == "hello") {
          ++complete;
        }
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(complete, 400);
  EXPECT_LE(server.connections(), 8);
}

}  // namespace
}  // namespace gatehouse::net
