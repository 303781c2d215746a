// What Upstream refuses, and that it says why.
#include <gtest/gtest.h>

#include "scripted_server.h"
#include "upstream_fixture.h"

namespace gatehouse::net {
namespace {

using core::Code;
using namespace std::string_literals;

const std::string kHead = "HTTP/1.1 200 OK\r\n";

TEST_F(UpstreamTest, SaysWhatCannotBeReached) {
  int port = 0;
  {
    port = ScriptedServer([](ScriptedPeer&, int) {}).port();
  }
  expect_fails(post("http://127.0.0.1:" + std::to_string(port) + "/"), Code::upstream_unreachable,
               {"127.0.0.1:", std::to_string(port), "Connection refused"});
  expect_fails(post("http://no-such-host.invalid/x"), Code::upstream_unreachable,
               {"no-such-host.invalid", "did not resolve"});
  expect_fails(post("nonsense"), Code::config, {"http://"});
}

struct BadAnswer {
  const char* name;
  std::string bytes;
  std::string_view why;
};

class UpstreamBadAnswer : public UpstreamTest, public testing::WithParamInterface<BadAnswer> {};

TEST_P(UpstreamBadAnswer, FailsWithAReason) {
  Server server(*this, once(GetParam().bytes));
  expect_fails(post(server.url()), Code::upstream_failed, {GetParam().why, "127.0.0.1:"});
  EXPECT_EQ(upstream->idle_connections(), 0u);
}

INSTANTIATE_TEST_SUITE_P(
    All, UpstreamBadAnswer,
    testing::Values(
        BadAnswer{"TruncatedLength", kHead + "content-length: 6\r\n\r\nhello", "in the middle of its answer"},
        BadAnswer{"TruncatedChunk", kHead + "transfer-encoding: chunked\r\n\r\n5\r\nhel", "in the middle"},
        BadAnswer{"NoLastChunk", kHead + "transfer-encoding: chunked\r\n\r\n5\r\nhello\r\n", "in the middle"},
        BadAnswer{"NoEndOfTrailers", kHead + "transfer-encoding: chunked\r\n\r\n0\r\n", "in the middle"},
        BadAnswer{"TruncatedHead", kHead + "content-le", "in the middle"},
        BadAnswer{"OnlyInterim", "HTTP/1.1 100 Continue\r\n\r\n", "in the middle"},
        BadAnswer{"Garbage", "SSH-2.0-OpenSSH_9.2\r\n\r\n", "not valid HTTP"},
        BadAnswer{"BadVersion", "HTTP/3.7 200 OK\r\n\r\n", "not valid HTTP"},
        BadAnswer{"BadStatus", "HTTP/1.1 2x0 OK\r\n\r\n", "not valid HTTP"},
        BadAnswer{"StatusZero", "HTTP/1.1 000 OK\r\n\r\n", "does not have"},
        BadAnswer{"Switched", "HTTP/1.1 101 Switching\r\nconnection: upgrade\r\nupgrade: x\r\n\r\n", "switched"},
        BadAnswer{"BadField", kHead + "content type: x\r\n\r\n", "not valid HTTP"},
        BadAnswer{"TwoLengths", kHead + "content-length: 5\r\ncontent-length: 6\r\n\r\nhello!", "not valid HTTP"},
        BadAnswer{"NegativeLength", kHead + "content-length: -5\r\n\r\nhello", "not valid HTTP"},
        BadAnswer{"LengthWithPlus", kHead + "content-length: +5\r\n\r\nhello", "not valid HTTP"},
        BadAnswer{"LengthWithComma", kHead + "content-length: 0,5\r\n\r\nhello", "not valid HTTP"},
        BadAnswer{"LengthTooLong", kHead + "content-length: 18446744073709551621\r\n\r\nhello", "not valid HTTP"},
        BadAnswer{"ChunkSizeTooLong",
                  kHead + "transfer-encoding: chunked\r\n\r\n10000000000000005\r\nhello\r\n0\r\n\r\n",
                  "not valid HTTP"},
        BadAnswer{"ChunkSizeWithPlus", kHead + "transfer-encoding: chunked\r\n\r\n+5\r\nhello\r\n0\r\n\r\n",
                  "not valid HTTP"},
        BadAnswer{"BlankBeforeColon", kHead + "content-length : 5\r\n\r\nhello", "not valid HTTP"},
        BadAnswer{"LengthAndChunked", kHead + "content-length: 5\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n",
                  "not valid HTTP"},
        BadAnswer{"OtherTransferEncoding", kHead + "transfer-encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
                  "transfer encoding"},
        BadAnswer{"Compressed", kHead + "content-encoding: gzip\r\ncontent-length: 0\r\n\r\n", "compressed"},
        BadAnswer{"BadChunkSize", kHead + "transfer-encoding: chunked\r\n\r\nZZ\r\nhello\r\n0\r\n\r\n",
                  "not valid HTTP"},
        BadAnswer{"NoLineBreakAfterChunk", kHead + "transfer-encoding: chunked\r\n\r\n2\r\nhello\r\n0\r\n\r\n",
                  "not valid HTTP"},
        BadAnswer{"HugeHeader", kHead + "x: " + std::string(100'000, 'x') + "\r\n\r\n", "too large"},
        BadAnswer{"HugeChunkExtension",
                  kHead + "transfer-encoding: chunked\r\n\r\n5;" + std::string(100'000, 'x') + "\r\nhello\r\n",
                  "too large"}),
    [](const auto& answer) { return answer.param.name; });

TEST_F(UpstreamTest, RefusesAHeadWithoutEnd) {
  Server server(*this, [](ScriptedPeer& peer, int) {
    peer.read_request();
    peer.write(kHead);
    for (int i = 0; i < 10'000; ++i) peer.write("x-header: and another one\r\n");
  });
  expect_fails(post(server.url()), Code::upstream_failed, {"too large"});
}

TEST_F(UpstreamTest, RefusesHeadersThatCouldEndTheirLine) {
  const std::pair<std::string, std::string> bad[] = {
      {"x", "sesame\r\ny: z"}, {"x", "sesame\n"},        {"x", "sesame\0"s},       {"x y", "sesame"},
      {"x:", "sesame"},        {"", "sesame"},           {"x\r\ny", "sesame"},     {"Host", "sesame"},
      {"Content-Length", "0"}, {"connection", "sesame"}, {"Accept-Encoding", "x"}, {"transfer-encoding", "chunked"}};
  for (const auto& header : bad) {
    headers = {header};
    const core::Status status = post("http://127.0.0.1:1/");
    EXPECT_EQ(status.code(), Code::config) << header.first;
    EXPECT_FALSE(contains(status.message(), "sesame")) << status.message();
  }
  headers.clear();
  method = "GET / HTTP/1.1\r\n";
  expect_fails(post("http://127.0.0.1:1/"), Code::config, {"method"});
}

}  // namespace
}  // namespace gatehouse::net
