#include "net/front/server.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server_fixture.h"

namespace gatehouse::net {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

// ---- what a client may send ------------------------------------------------------------------

class TortureOverTheWire : public ServerTest, public testing::WithParamInterface<Torture> {};

TEST_P(TortureOverTheWire, IsAnsweredAsListed) {
  start(options());
  RawClient client = connect();
  client.send(GetParam().bytes);
  client.end_sending();
  const std::string answers = client.receive_all();
  EXPECT_EQ(statuses(answers), GetParam().answers) << answers;
  EXPECT_FALSE(client.reset());
  EXPECT_THAT(factory.seen.all(), Not(testing::Contains("/smuggled")));
  const auto handled = std::count(GetParam().answers.begin(), GetParam().answers.end(), 200);
  EXPECT_EQ(factory.seen.all().size(), static_cast<std::size_t>(handled));
}
INSTANTIATE_TEST_SUITE_P(Server, TortureOverTheWire, testing::ValuesIn(torture_table()),
                         [](const auto& torture) { return torture.param.name; });

TEST_F(ServerTest, RefusalIsJsonWithIdAndClose) {
  start(options());
  RawClient client = connect();
  client.send("GET / HTTP/1.1\r\n\r\n");
  const std::string answer = client.receive_all();
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 400 Bad Request\r\n"));
  EXPECT_THAT(answer, HasSubstr("content-type: application/json\r\n"));
  EXPECT_THAT(answer, HasSubstr("x-request-id: gw-req-"));
  EXPECT_THAT(answer, HasSubstr("connection: close\r\n"));
  EXPECT_THAT(
      answer,
      HasSubstr("{\"error\":{\"type\":\"invalid_request_error\",\"message\":\"The request has no Host field.\"}}"));
}

TEST_F(ServerTest, ClientThatSendsAllOfAnOversizedBodySeesTheRefusal) {
  start(options());
  RawClient client = connect();
  client.send(post("Content-Length: 8000000\r\n", ""));
  EXPECT_TRUE(client.send(std::string(8'000'000, 'x')));
  EXPECT_THAT(client.receive_all(), StartsWith("HTTP/1.1 413 "));
  EXPECT_FALSE(client.reset());
}

TEST_F(ServerTest, ContinueIsSentBeforeTheBodyAndNotForARefusal) {
  start(options());
  RawClient client = connect();
  client.send(post("Expect: 100-continue\r\nContent-Length: 5\r\n", ""));
  EXPECT_EQ(client.receive(), "HTTP/1.1 100 Continue\r\n\r\n");
  client.send("hello");
  EXPECT_THAT(client.receive_until("hello"), StartsWith("HTTP/1.1 200 OK\r\n"));

  RawClient refused = connect();
  refused.send(post("Expect: 100-continue\r\nContent-Length: 1001\r\n", ""));
  EXPECT_EQ(statuses(refused.receive_all()), std::vector<int>{413});
}

TEST_F(ServerTest, AHeadIsRefusedBeforeItsBodyComesAndWithoutContinue) {
  start(options());
  for (const char* expect : {"", "Expect: 100-continue\r\n"}) {
    RawClient client = connect();
    client.send("POST /no HTTP/1.1\r\nHost: a\r\nContent-Length: 900\r\n" + std::string(expect) + "\r\n");
    const std::string answer = client.receive_all();
    EXPECT_EQ(statuses(answer), std::vector<int>{200}) << expect;
    EXPECT_THAT(answer, HasSubstr("connection: close\r\n")) << expect;
    EXPECT_FALSE(client.reset()) << expect;
  }
}

TEST_F(ServerTest, ARefusalReachesAClientThatGoesOnSending) {
  ServerOptions large = options();
  large.request.body = 10u << 20;
  start(large);
  RawClient client = connect();
  client.send("POST /no HTTP/1.1\r\nHost: a\r\nContent-Length: 8000000\r\n\r\n");
  EXPECT_TRUE(client.send(std::string(8'000'000, 'x')));
  EXPECT_EQ(statuses(client.receive_all()), std::vector<int>{200});
  EXPECT_FALSE(client.reset());
}

TEST_F(ServerTest, ARefusalOfAWholeRequestKeepsTheConnection) {
  start(options());
  RawClient client = connect();
  client.send("POST /no HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello" + get("Connection: close\r\n"));
  EXPECT_EQ(statuses(client.receive_all()), (std::vector<int>{200, 200}));
}

// ---- answers ---------------------------------------------------------------------------------

TEST_F(ServerTest, KeepsTheConnectionForManyRequests) {
  start(options());
  RawClient client = connect();
  for (int i = 0; i < 50; ++i) {
    const std::string body = "body " + std::to_string(i) + "!";
    client.send(post("Content-Length: " + std::to_string(body.size()) + "\r\n", body));
    ASSERT_THAT(client.receive_until("!"), StartsWith("HTTP/1.1 200 OK\r\n"));
  }
  EXPECT_EQ(server->counters().accepted, 1u);
  EXPECT_EQ(server->counters().requests, 50u);
}

TEST_F(ServerTest, EncodedWordsStayEncoded) {
  start(options());
  RawClient client = connect();
  client.send(get("X-A: =?utf-8?Q?v=0D=0AX-Evil:_1?=\r\nConnection: close\r\n"));
  EXPECT_THAT(client.receive_all(), HasSubstr("x-seen: =?utf-8?Q?v=0D=0AX-Evil:_1?=\r\n"));
}

TEST_F(ServerTest, HandlersCannotAddLinesToTheHead) {
  start(options());
  RawClient client = connect();
  client.send(get_path("/inject", "Connection: close\r\n"));
  EXPECT_THAT(client.receive_all(), HasSubstr("\r\nx-a: b  X-Evil: 1    body \r\n"));
}

TEST_F(ServerTest, HeadHasLengthButNoBody) {
  start(options());
  RawClient client = connect();
  client.send("HEAD / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello" + get("Connection: close\r\n"));
  const std::string answers = client.receive_all();
  EXPECT_EQ(statuses(answers), (std::vector<int>{200, 200}));
  EXPECT_THAT(answers, HasSubstr("content-length: 5\r\n"));
  EXPECT_THAT(answers, Not(HasSubstr("hello")));
}

TEST_F(ServerTest, PocosOwnStreamsWork) {
  start(options());
  RawClient client = connect();
  client.send("POST /poco HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc");
  const std::string answer = client.receive_until("0\r\n\r\n");
  EXPECT_THAT(answer, HasSubstr("transfer-encoding: chunked\r\n"));
  EXPECT_THAT(answer, HasSubstr("\r\n1000\r\nPOST 3..."));
  client.send(get("Connection: close\r\n"));
  EXPECT_THAT(client.receive_all(), StartsWith("HTTP/1.1 200 OK\r\n"));
}

TEST_F(ServerTest, LastEventsAndTheEndArriveTogether) {
  start(options());
  RawClient client = connect();
  client.send(get_path("/sse"));
  const std::string begin = client.receive_until(": ping\n\n\r\n");
  EXPECT_THAT(begin, HasSubstr("content-type: text/event-stream; charset=utf-8\r\n"));
  EXPECT_THAT(begin, HasSubstr("\r\n\r\nb\r\ndata: one\n\n\r\n"));
  EXPECT_EQ(client.receive(), "1b\r\ndata: final\n\ndata: [DONE]\n\n\r\n0\r\n\r\n");
  client.send(get("Connection: close\r\n"));
  EXPECT_THAT(client.receive_all(), StartsWith("HTTP/1.1 200 OK\r\n"));
}

TEST_F(ServerTest, Http10GetsAStreamWithoutChunks) {
  start(options());
  RawClient client = connect();
  client.send("GET /sse HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
  const std::string answer = client.receive_all();
  EXPECT_THAT(answer, HasSubstr("connection: close\r\n"));
  EXPECT_THAT(answer, Not(HasSubstr("transfer-encoding")));
  EXPECT_THAT(answer, testing::EndsWith(": ping\n\ndata: final\n\ndata: [DONE]\n\n"));
  EXPECT_FALSE(client.reset());
}

TEST_F(ServerTest, ThrowBeforeTheFirstByteIsA500) {
  start(options());
  RawClient client = connect();
  client.send(get_path("/throw") + get_path("/silent", "Connection: close\r\n"));
  const std::string answers = client.receive_all();
  EXPECT_EQ(statuses(answers), (std::vector<int>{500, 500}));
  EXPECT_THAT(answers, Not(HasSubstr("a handler's fault")));
}

TEST_F(ServerTest, ThrowAfterTheFirstByteCutsTheAnswer) {
  start(options());
  RawClient client = connect();
  client.send(get_path("/throw-late") + get_path("/smuggled"));
  const std::string answer = client.receive_all();
  EXPECT_THAT(answer, HasSubstr("half an answer\r\n"));
  EXPECT_THAT(answer, Not(HasSubstr("0\r\n\r\n")));
  EXPECT_EQ(statuses(answer), std::vector<int>{200});
}

TEST_F(ServerTest, CutAnswerWithoutFramingIsReset) {
  start(options());
  RawClient client = connect();
  client.send("GET /throw-late HTTP/1.0\r\n\r\n");
  client.receive_all();
  EXPECT_TRUE(client.reset());
}

TEST_F(ServerTest, PortInUseIsAConfigurationError) {
  start(options());
  ServerOptions same = options();
  same.port = server->port();
  Server second(same, factory);
  const core::Status started = second.start();
  EXPECT_EQ(started.code(), core::Code::config);
  EXPECT_THAT(std::string(started.message()), HasSubstr(std::to_string(server->port())));
}

}  // namespace
}  // namespace gatehouse::net
