// What makes a head's meaning certain; whole streams are in request_reader_test.cpp and its table.
#include "net/http/head_rules.h"

#include <gtest/gtest.h>

namespace gatehouse::net {
namespace {

core::Status checked(std::vector<Field> fields, std::string_view method = "GET", std::string_view target = "/",
                     int version = 11) {
  return check_head({method, target, version, fields});
}

TEST(HeadRules, ARequestNeedsOneHost) {
  EXPECT_TRUE(checked({{"Host", "a.example:80"}}).ok());
  EXPECT_FALSE(checked({}).ok());
  EXPECT_TRUE(checked({}, "GET", "/", 10).ok()) << "HTTP/1.0 knew none";
  EXPECT_FALSE(checked({{"Host", "a"}, {"hOST", "a"}}).ok());
  for (const char* host : {"", ":80", "a b", "a/b", "a@b", "a:x", "a:123456", "[::1", "::1", "a%4", "[x]", "a,b:1:2"}) {
    EXPECT_FALSE(checked({{"Host", host}}).ok()) << host;
  }
  for (const char* host : {"[::1]:8080", "a%20b", "127.0.0.1", "a_b", "a:"}) {
    EXPECT_TRUE(checked({{"Host", host}}).ok()) << host;
  }
}

TEST(HeadRules, ABodysLengthIsSaidOnceAndInOneWay) {
  const auto framed = [](std::vector<Field> more) {
    more.push_back({"Host", "a"});
    return checked(std::move(more), "POST");
  };
  EXPECT_TRUE(framed({{"Content-Length", "5"}}).ok());
  EXPECT_TRUE(framed({{"Transfer-Encoding", "chunked"}}).ok());
  EXPECT_EQ(framed({}).http_status(), 411);
  EXPECT_EQ(framed({{"Content-Length", "5"}, {"Transfer-Encoding", "chunked"}}).http_status(), 400);
  EXPECT_EQ(framed({{"Content-Length", "5"}, {"content-length", "5"}}).http_status(), 400);
  for (const char* length : {"", "-5", "+5", "0x5", "5, 5", "5 ", "5.0"}) {
    EXPECT_EQ(framed({{"Content-Length", length}}).http_status(), 400) << length;
  }
  for (const char* encoding : {"", "gzip", "chunked, chunked", "gzip, chunked", "xchunked", "chunked;q=1"}) {
    EXPECT_EQ(framed({{"Transfer-Encoding", encoding}}).http_status(), 400) << encoding;
  }
  EXPECT_FALSE(checked({{"Transfer-Encoding", "chunked"}}, "POST", "/", 10).ok()) << "HTTP/1.0 has none";
}

TEST(HeadRules, TheOnlyExpectationIs100Continue) {
  EXPECT_TRUE(checked({{"Host", "a"}, {"Expect", "100-Continue"}}).ok());
  EXPECT_EQ(checked({{"Host", "a"}, {"Expect", "200-ok"}}).http_status(), 417);
  EXPECT_TRUE(checked({{"Expect", "200-ok"}}, "GET", "/", 10).ok()) << "HTTP/1.0 is not asked what it means";
}

TEST(HeadRules, ATargetIsAPathOrAnAbsoluteUrl) {
  EXPECT_EQ(path_of("/a?b=c"), "/a?b=c");
  EXPECT_EQ(path_of("//a/b"), "//a/b");
  EXPECT_EQ(path_of("http://a.example/x?y"), "/x?y");
  EXPECT_EQ(path_of("HTTPS://a.example:443"), "/");
  EXPECT_EQ(path_of("*"), "*");
  for (const char* target : {"", "a", "a.example:443", "ftp://a/", "http://", "http://a b/", "http://u@a/", "://a/",
                             "http:/a", "javascript:alert(1)"}) {
    EXPECT_EQ(path_of(target), "") << target;
  }
  EXPECT_FALSE(checked({{"Host", "a"}}, "GET", "*").ok());
  EXPECT_TRUE(checked({{"Host", "a"}}, "OPTIONS", "*").ok());
}

TEST(HeadRules, AVersionIsTwoDigitsBehindTheLastBlank) {
  EXPECT_TRUE(names_http_version("GET / HTTP/1.1"));
  EXPECT_TRUE(names_http_version("GET / HTTP/9.9"));
  for (const char* line : {"", "GET /", "GET / http/1.1", "GET / HTTP/1.1 ", "GET / HTTP/11", "GET / HTTP/1.10",
                           "HTTP/1.1", "GET /\tHTTP/1.1"}) {
    EXPECT_FALSE(names_http_version(line)) << line;
  }
}

}  // namespace
}  // namespace gatehouse::net
