#include "config/address.h"

#include <gtest/gtest.h>

namespace gatehouse::config {
namespace {

TEST(Address, ParsesAndWritesBack) {
  for (const char* text : {"127.0.0.1:8080", "[::1]:8080", "0.0.0.0:0", "localhost:65535", "[fe80::1]:1"}) {
    const auto address = parse_address(text);
    ASSERT_TRUE(address) << text;
    EXPECT_EQ(address->text(), text);
  }
  EXPECT_EQ(parse_address("[::1]:8080")->host, "::1");
}

TEST(Address, Refuses) {
  for (const char* text :
       {"", ":", "8080", "127.0.0.1", "127.0.0.1:", "127.0.0.1:65536", "127.0.0.1:-1", "127.0.0.1:+1", "127.0.0.1:80 ",
        "::1:8080", "[::1]", "[127.0.0.1]:80", "256.0.0.1:80", "example.org:80", "[]:80", ":80"}) {
    EXPECT_FALSE(parse_address(text)) << text;
  }
}

TEST(Address, OfAServerMayBeAName) {
  EXPECT_EQ(parse_server("redis.example.org:6379"), (Address{"redis.example.org", 6379}));
  EXPECT_EQ(parse_server("10.0.0.1:1")->text(), "10.0.0.1:1");
  EXPECT_EQ(parse_server("[::1]:6379")->host, "::1");
  for (const char* text : {"", ":", "redis", "redis:", "redis:0", "redis:x", "redis:6379 ", ":6379", "::1:6379"}) {
    EXPECT_FALSE(parse_server(text)) << text;
  }
}

TEST(Address, KnowsLoopback) {
  for (const char* text : {"127.0.0.1:1", "127.8.9.10:1", "[::1]:1", "localhost:1"}) {
    EXPECT_TRUE(parse_address(text)->loopback()) << text;
  }
  for (const char* text : {"0.0.0.0:1", "[::]:1", "10.0.0.1:1", "128.0.0.1:1", "[fe80::1]:1"}) {
    EXPECT_FALSE(parse_address(text)->loopback()) << text;
  }
}

}  // namespace
}  // namespace gatehouse::config
