// What a server does with clients that are slow, idle, or many.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

#include "net/front/server.h"
#include "server_fixture.h"

namespace gatehouse::net {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

// ---- time ------------------------------------------------------------------------------------

TEST_F(ServerTest, SlowHeadIsCutOffHoweverSteadilyItTrickles) {
  ServerOptions limits = options();
  limits.header_deadline = 400ms;
  start(limits);
  RawClient client = connect();
  std::thread trickle([&] {
    for (const char c : "GET / HTTP/1.1\r\nX-Slow: " + std::string(1'500, 'x')) {
      if (!client.send({&c, 1})) break;
      std::this_thread::sleep_for(20ms);
    }
  });
  const std::string answer = client.receive();
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 408 "));
  EXPECT_THAT(answer, HasSubstr("connection: close\r\n"));
  client.end_sending();
  trickle.join();
}

TEST_F(ServerTest, SilentHeadIsCutOff) {
  ServerOptions limits = options();
  limits.header_deadline = 200ms;
  start(limits);
  RawClient client = connect();
  client.send("GET / HTTP/1.1\r\nHo");
  EXPECT_THAT(client.receive_all(), StartsWith("HTTP/1.1 408 "));
}

TEST_F(ServerTest, SlowBodyIsCutOff) {
  ServerOptions limits = options();
  limits.body_silence = 200ms;
  start(limits);
  RawClient client = connect();
  client.send(post("Content-Length: 900\r\n", "x"));
  EXPECT_THAT(client.receive_all(), StartsWith("HTTP/1.1 408 "));
  EXPECT_TRUE(factory.seen.all().empty());
}

TEST_F(ServerTest, SilenceNearTheEndOfALargeBodyIsCutOffAsSoon) {
  ServerOptions limits = options();
  limits.request.body = 1u << 20;
  limits.body_silence = 300ms;
  start(limits);
  RawClient client = connect();
  const auto began = std::chrono::steady_clock::now();
  client.send(post("Content-Length: 1048576\r\n", std::string(1'000'000, 'x')));
  EXPECT_THAT(client.receive_all(), StartsWith("HTTP/1.1 408 "));
  EXPECT_FALSE(client.reset());
  EXPECT_LT(std::chrono::steady_clock::now() - began, 15s);
}

TEST_F(ServerTest, BodyAboveTheRateMayTakeLongerThanTheSilence) {
  ServerOptions limits = options();
  limits.body_silence = 1s;
  limits.body_rate = 10;
  start(limits);
  RawClient client = connect();
  client.send(post("Content-Length: 200\r\nConnection: close\r\n", ""));
  for (int i = 0; i < 4; ++i) {
    client.send(std::string(50, 'x'));
    std::this_thread::sleep_for(300ms);
  }
  EXPECT_THAT(client.receive_all(), StartsWith("HTTP/1.1 200 "));
}

// Large bodies that have come, but not to their end, use up what is there for them.
TEST_F(ServerTest, BodiesTogetherKeepWithinTheirBound) {
  constexpr std::size_t kLarge = 300'000;
  ServerOptions limits = options();
  limits.request.body = 1u << 20;
  limits.bodies = std::make_shared<BodyBudget>(1u << 20);
  start(limits);
  const std::string field = "Content-Length: " + std::to_string(kLarge) + "\r\nConnection: close\r\n";
  std::vector<RawClient> held;
  for (int i = 0; i < 2; ++i) {
    held.push_back(connect());
    held.back().send(post(field, std::string(kLarge - 1, 'x')));
  }
  ASSERT_TRUE(eventually([&] { return limits.bodies->used() >= 2 * (kLarge - 1); }));
  RawClient declared = connect();
  declared.send(post("Content-Length: 400000\r\nExpect: 100-continue\r\n", ""));
  const std::string refused = declared.receive_all();
  EXPECT_THAT(refused, StartsWith("HTTP/1.1 503 "));
  EXPECT_THAT(refused, HasSubstr("retry-after: 1\r\n"));
  EXPECT_FALSE(declared.reset());
  RawClient growing = connect();
  growing.send(post("Transfer-Encoding: chunked\r\n", "61a80\r\n" + std::string(400'000, 'x')));
  EXPECT_THAT(growing.receive_all(), StartsWith("HTTP/1.1 503 "));
  EXPECT_FALSE(growing.reset());
  RawClient small = connect();
  small.send(post("Content-Length: 60000\r\nConnection: close\r\n", std::string(60'000, 'x')));
  EXPECT_THAT(small.receive_all(), StartsWith("HTTP/1.1 200 "));
}

TEST_F(ServerTest, SlowLargeBodiesMakeRoomWhereItIsScarce) {
  ServerOptions limits = options();
  limits.request.body = 1u << 20;
  limits.bodies = std::make_shared<BodyBudget>(1u << 20);
  start(limits);
  RawClient slow = connect();
  slow.send(post("Content-Length: 900000\r\n", std::string(800'000, 'x')));
  EXPECT_THAT(slow.receive_all(), StartsWith("HTTP/1.1 503 "));  // within a second or two, and not after 30
  EXPECT_EQ(limits.bodies->used(), 0u);
}

TEST_F(ServerTest, ReaderWhoStopsReadingIsGivenUp) {
  ServerOptions limits = options();
  limits.write_stall = 300ms;
  start(limits);
  RawClient client(server->port(), 4096);
  client.send(get_path("/flood"));
  EXPECT_TRUE(eventually([&] { return factory.seen.ended == core::Code::client_gone; }));
  EXPECT_TRUE(eventually([&] { return server->counters().in_flight == 0; }));
}

TEST_F(ServerTest, IdleConnectionIsClosedWithoutAWord) {
  ServerOptions limits = options();
  limits.idle_timeout = 1s;
  start(limits);
  RawClient client = connect();
  client.send(get(""));
  EXPECT_EQ(statuses(client.receive_all()), std::vector<int>{200});
  EXPECT_FALSE(client.reset());
}

// ---- many ------------------------------------------------------------------------------------

TEST_F(ServerTest, HalfOpenConnectionsStarveNobody) {
  ServerOptions limits = options();
  limits.max_in_flight = 4;
  start(limits);
  std::vector<RawClient> half_open;
  for (int i = 0; i < 200; ++i) {
    half_open.push_back(connect());
    if (i % 2 == 0) half_open.back().send("POST / HTTP/1.1\r\n");
  }
  RawClient client = connect();
  client.send(get("Connection: close\r\n"));
  EXPECT_EQ(statuses(client.receive_all()), std::vector<int>{200});
}

TEST_F(ServerTest, IdleConnectionsCostNoThreadAndWakeUp) {
  ServerOptions limits = options();
  limits.max_in_flight = 32;
  start(limits);
  std::vector<RawClient> clients;
  for (int i = 0; i < 500; ++i) {
    clients.push_back(connect());
    clients.back().send(get(""));
    ASSERT_THAT(clients.back().receive_until("\r\n\r\n"), StartsWith("HTTP/1.1 200 "));
  }
  ASSERT_TRUE(eventually([&] { return server->counters().parked == 500; }));
  EXPECT_LT(threads(), 60u);
  for (RawClient& client : clients) {
    client.send(get(""));
    ASSERT_THAT(client.receive_until("\r\n\r\n"), StartsWith("HTTP/1.1 200 "));
  }
  EXPECT_EQ(server->counters().accepted, 500u);
}

TEST_F(ServerTest, OverCapacityIsA503AndNeverSilence) {
  ServerOptions limits = options();
  limits.max_in_flight = 2;
  start(limits);
  std::vector<RawClient> busy;
  for (int i = 0; i < 2; ++i) {
    busy.push_back(connect());
    busy.back().send(get_path("/wait"));
  }
  ASSERT_TRUE(eventually([&] { return factory.seen.waiting == 2; }));
  std::vector<RawClient> clients;
  for (int i = 0; i < 100; ++i) {
    clients.push_back(connect());
    clients.back().send(get(""));
  }
  for (RawClient& client : clients) {
    const std::string answer = client.receive_all();
    ASSERT_THAT(answer, StartsWith("HTTP/1.1 503 "));
    ASSERT_THAT(answer, HasSubstr("retry-after: 1\r\n"));
    ASSERT_THAT(answer, HasSubstr("\"type\":\"overloaded\""));
    ASSERT_FALSE(client.reset());
  }
  EXPECT_EQ(server->counters().refused, 100u);
  busy.clear();
  EXPECT_TRUE(eventually([&] { return server->counters().in_flight == 0; }));
  RawClient client = connect();
  client.send(get("Connection: close\r\n"));
  EXPECT_EQ(statuses(client.receive_all()), std::vector<int>{200});
}

TEST_F(ServerTest, WhereAllConnectionsAreBusyOneMoreIsTurnedAway) {
  ServerOptions limits = options();
  limits.max_connections = 3;
  start(limits);
  std::vector<RawClient> clients;
  for (int i = 0; i < 3; ++i) {
    clients.push_back(connect());
    clients.back().send(get_path("/wait"));
  }
  ASSERT_TRUE(eventually([&] { return factory.seen.waiting == 3; }));
  RawClient client = connect();
  client.send(get(""));
  EXPECT_THAT(client.receive_all(), StartsWith("HTTP/1.1 503 "));
  EXPECT_FALSE(client.reset());
}

TEST_F(ServerTest, TheLongestIdleConnectionMakesRoomForOneMore) {
  for (const bool per_address : {false, true}) {
    ServerOptions limits = options();
    (per_address ? limits.max_connections_per_address : limits.max_connections) = 3;
    start(limits);
    std::vector<RawClient> clients;
    for (int i = 0; i < 4; ++i) {
      clients.push_back(connect());
      if (i == 1) continue;  // silent from the start
      clients.back().send(get(""));
      ASSERT_THAT(clients.back().receive_until("\r\n\r\n"), StartsWith("HTTP/1.1 200 ")) << i;
      std::this_thread::sleep_for(20ms);  // the clock that idleness is measured by is coarse
    }
    EXPECT_EQ(clients[0].receive_all(), "") << "closed";
    clients[2].send(get("Connection: close\r\n"));
    EXPECT_EQ(statuses(clients[2].receive_all()), std::vector<int>{200});
    EXPECT_EQ(server->counters().shed, 1u);
  }
}

// Leaves the process one free descriptor: for the client, none for the server's end.
class FewDescriptors {
 public:
  FewDescriptors() {
    ::getrlimit(RLIMIT_NOFILE, &before_);
    const int next_fd = ::dup(0);
    ::close(next_fd);
    rlimit low = before_;
    low.rlim_cur = static_cast<rlim_t>(next_fd + 1);
    ::setrlimit(RLIMIT_NOFILE, &low);
  }
  ~FewDescriptors() { ::setrlimit(RLIMIT_NOFILE, &before_); }

 private:
  rlimit before_{};
};

TEST_F(ServerTest, WithoutDescriptorsSomebodyNewIsToldSoAtOnce) {
  start(options());
  {
    const FewDescriptors few;
    RawClient client = connect();
    EXPECT_THAT(client.receive_all(), StartsWith("HTTP/1.1 503 "));
  }
  RawClient client = connect();
  client.send(get("Connection: close\r\n"));
  EXPECT_EQ(statuses(client.receive_all()), std::vector<int>{200});
}

TEST_F(ServerTest, WithoutDescriptorsAnIdleConnectionMakesRoom) {
  start(options());
  RawClient idle = connect();
  idle.send(get(""));
  ASSERT_THAT(idle.receive_until("\r\n\r\n"), StartsWith("HTTP/1.1 200 "));
  for (int i = 0; i < 10'000 && server->counters().parked == 0; ++i) std::this_thread::sleep_for(1ms);  // it is idle
  const FewDescriptors few;
  RawClient client = connect();
  client.send(get("Connection: close\r\n"));
  EXPECT_EQ(statuses(client.receive_all()), std::vector<int>{200});
}

}  // namespace
}  // namespace gatehouse::net
