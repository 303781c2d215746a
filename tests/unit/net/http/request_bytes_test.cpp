#include "net/http/request_bytes.h"

#include <gtest/gtest.h>

namespace gatehouse::net {
namespace {

const Url kUrl = *parse_url("https://api.example:444/v1/chat?x=1");

// REQUIRES: the body outlives the request.
core::UpstreamRequest post(std::string_view body, std::vector<std::pair<std::string, std::string>> headers = {}) {
  return {.method = "POST", .url = {}, .headers = std::move(headers), .body = body};
}

TEST(RequestBytes, AreWhatGoesOutToTheLetter) {
  const auto request = post("{}", {{"authorization", "Bearer k"}, {"user-agent", "mine"}});
  const auto bytes = request_bytes(request, kUrl);
  ASSERT_TRUE(bytes.ok()) << bytes.status().message();
  EXPECT_EQ(bytes->first,
            "POST /v1/chat?x=1 HTTP/1.1\r\nhost: api.example:444\r\naccept-encoding: identity\r\n"
            "authorization: Bearer k\r\nuser-agent: mine\r\ncontent-length: 2\r\n\r\n{}");
  EXPECT_EQ(bytes->rest, "");
}

TEST(RequestBytes, ABodyIsAnnouncedWhereItsMethodHasOne) {
  auto request = post("");
  EXPECT_NE(request_bytes(request, kUrl)->first.find("content-length: 0\r\n"), std::string::npos);
  request.method = "GET";
  EXPECT_EQ(request_bytes(request, kUrl)->first.find("content-length"), std::string::npos);
  EXPECT_NE(request_bytes(request, kUrl)->first.find("user-agent: gatehouse/"), std::string::npos);
}

TEST(RequestBytes, ALargeBodyIsNotCopied) {
  const std::string body(1u << 20, 'x');
  const auto request = post(body);
  const auto bytes = request_bytes(request, kUrl);
  ASSERT_TRUE(bytes.ok());
  EXPECT_TRUE(bytes->first.ends_with("content-length: 1048576\r\n\r\n"));
  EXPECT_EQ(bytes->rest.data(), body.data());
  EXPECT_EQ(bytes->rest.size(), body.size());
}

TEST(RequestBytes, AHeaderThatCouldEndItsLineIsRefusedAndItsValueNotRepeated) {
  for (const char* value : {"sesame\r\nx-evil: 1", "sesame\n", "ses\rame", "sesame\x01", "sesame\x7f"}) {
    const auto bytes = request_bytes(post("", {{"authorization", value}}), kUrl);
    EXPECT_EQ(bytes.status().code(), core::Code::config);
    EXPECT_NE(bytes.status().message().find("'authorization'"), std::string::npos) << bytes.status().message();
    EXPECT_EQ(bytes.status().message().find("ses"), std::string::npos) << bytes.status().message();
  }
  EXPECT_TRUE(request_bytes(post("", {{"x-tab", "a\tb"}}), kUrl).ok());
  for (const char* name : {"", "x y", "x:", "x\r\ny", "gr\xc3\xbc\xc3\x9f"}) {
    EXPECT_EQ(request_bytes(post("", {{name, "v"}}), kUrl).status().code(), core::Code::config) << name;
  }
}

TEST(RequestBytes, APluginCannotSayHowItsRequestIsFramed) {
  for (const char* name : {"Host", "content-length", "Transfer-Encoding", "connection", "Expect", "TE", "Upgrade",
                           "trailer", "keep-alive", "accept-encoding"}) {
    EXPECT_EQ(request_bytes(post("", {{name, "v"}}), kUrl).status().code(), core::Code::config) << name;
  }
  auto request = post("");
  request.method = "GET / HTTP/1.1\r\n";
  EXPECT_EQ(request_bytes(request, kUrl).status().code(), core::Code::config);
}

}  // namespace
}  // namespace gatehouse::net
