// What happens when a client leaves, and when the server is to leave.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "net/front/server.h"
#include "server_fixture.h"

namespace gatehouse::net {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

TEST_F(ServerTest, HangUpWakesTheExchangeAndPipelinedBytesDoNot) {
  start(options());
  RawClient client = connect();
  client.send(get_path("/wait") + get_path("/next"));
  ASSERT_TRUE(eventually([&] { return factory.seen.waiting == 1; }));
  std::this_thread::sleep_for(50ms);
  EXPECT_EQ(factory.seen.waiting, 1);
  client.hang_up();
  ASSERT_TRUE(eventually([&] { return factory.seen.waiting == 0; }));
  EXPECT_EQ(factory.seen.ended, core::Code::client_gone);
}

TEST_F(ServerTest, DrainClosesIdleOnesAndLetsExchangesEnd) {
  start(options());
  RawClient idle = connect();
  idle.send(get(""));
  idle.receive_until("\r\n\r\n");
  ASSERT_TRUE(eventually([&] { return server->counters().parked == 1; }));
  RawClient busy = connect();
  busy.send(get_path("/wait"));
  ASSERT_TRUE(eventually([&] { return factory.seen.waiting == 1; }));

  server->stop_accepting();
  EXPECT_EQ(idle.receive(), "");
  EXPECT_FALSE(idle.reset());
  EXPECT_FALSE(RawClient(server->port()).connected());
  EXPECT_FALSE(server->wait_idle(std::chrono::steady_clock::now() + 50ms));

  server->end_exchanges();
  const std::string answer = busy.receive_all();
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 503 "));
  EXPECT_THAT(answer, HasSubstr("connection: close\r\n"));
  EXPECT_EQ(factory.seen.ended, core::Code::overloaded);
  EXPECT_TRUE(server->wait_idle(std::chrono::steady_clock::now() + 60s));
}

TEST_F(ServerTest, RequestBegunBeforeTheDrainIsAnswered) {
  start(options());
  RawClient client = connect();
  client.send("GET / HTTP/1.1\r\nHo");
  ASSERT_TRUE(eventually([&] { return server->counters().parked == 1; }));
  std::this_thread::sleep_for(200ms);  // parked again, with half a request
  server->stop_accepting();
  client.send("st: a\r\n\r\n");
  const std::string answer = client.receive_all();
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 200 "));
  EXPECT_THAT(answer, HasSubstr("connection: close\r\n"));
  EXPECT_TRUE(server->wait_idle(std::chrono::steady_clock::now() + 60s));
}

TEST_F(ServerTest, RequestsThatCameBeforeTheDrainAreAnswered) {
  start(options());
  std::vector<RawClient> clients;
  for (int i = 0; i < 40; ++i) {
    clients.push_back(connect());
    clients.back().send(get(""));
  }
  server->stop_accepting();
  for (RawClient& client : clients) ASSERT_THAT(client.receive_all(), StartsWith("HTTP/1.1 200 "));
}

TEST_F(ServerTest, AbortCutsWhatIsLeft) {
  start(options());
  RawClient client = connect();
  client.send(get_path("/wait"));
  ASSERT_TRUE(eventually([&] { return factory.seen.waiting == 1; }));
  server->stop_accepting();
  server->abort_all();
  EXPECT_TRUE(server->wait_idle(std::chrono::steady_clock::now() + 60s));
  EXPECT_EQ(client.receive_all(), "");
}

}  // namespace
}  // namespace gatehouse::net
