#include "net/http/url.h"

#include <gtest/gtest.h>

namespace gatehouse::net {
namespace {

TEST(Url, TakesAnHttpsUrlApart) {
  const auto url = parse_url("https://api.openai.com/v1/chat/completions?x=%20y");
  ASSERT_TRUE(url.ok()) << url.status().message();
  EXPECT_TRUE(url->tls);
  EXPECT_EQ(url->origin, "https://api.openai.com");
  EXPECT_EQ(url->authority, "api.openai.com");
  EXPECT_EQ(url->host, "api.openai.com");
  EXPECT_EQ(url->port, 443);
  EXPECT_EQ(url->target, "/v1/chat/completions?x=%20y");
}

TEST(Url, TakesPortsAndAddresses) {
  const auto plain = parse_url("HTTP://127.0.0.1:65535");
  ASSERT_TRUE(plain.ok());
  EXPECT_FALSE(plain->tls);
  EXPECT_EQ(plain->port, 65535);
  EXPECT_EQ(plain->target, "/");
  const auto v6 = parse_url("http://[::1]:8080/x");
  ASSERT_TRUE(v6.ok());
  EXPECT_EQ(v6->host, "::1");
  EXPECT_EQ(v6->authority, "[::1]:8080");
  EXPECT_EQ(parse_url("http://a")->port, 80);
}

struct Refusal {
  const char* name;
  std::string_view url;
  std::string_view why;
};

class RefusedUrl : public testing::TestWithParam<Refusal> {};

TEST_P(RefusedUrl, SaysWhy) {
  const auto url = parse_url(GetParam().url);
  ASSERT_FALSE(url.ok());
  EXPECT_EQ(url.status().code(), core::Code::config);
  EXPECT_NE(url.status().message().find(GetParam().why), std::string_view::npos) << url.status().message();
  EXPECT_EQ(url.status().message().find("sesame"), std::string_view::npos) << "a secret got into the message";
}

using namespace std::string_view_literals;
INSTANTIATE_TEST_SUITE_P(
    All, RefusedUrl,
    testing::Values(
        Refusal{"Empty", "", "http:// or https://"}, Refusal{"NoScheme", "api.openai.com/v1", "http://"},
        Refusal{"OtherScheme", "ftp://a/", "http://"}, Refusal{"OneSlash", "https:/a/", "http://"},
        Refusal{"NoHost", "http:///v1", "no host"}, Refusal{"OnlyPort", "http://:80/", "no host"},
        Refusal{"UserInfo", "https://me:sesame@a/", "user name"},
        Refusal{"UserInfoWithoutPassword", "https://sesame@a/", "user name"},
        Refusal{"PortZero", "http://a:0/", "port"}, Refusal{"PortTooLarge", "http://a:65536/", "port"},
        Refusal{"PortEmpty", "http://a:/", "port"}, Refusal{"PortSigned", "http://a:+80/", "port"},
        Refusal{"PortWithTail", "http://a:80x/", "port"}, Refusal{"TwoPorts", "http://a:1:2/", "port"},
        Refusal{"HostWithBlank", "http://a b/", "host name"}, Refusal{"HostWithNul", "http://a\0b/"sv, "host name"},
        Refusal{"HostWithTwoDots", "http://a..b/", "host name"},
        Refusal{"HostNotAscii", "http://b\xc3\xbc/", "host name"}, Refusal{"BadIpv6", "http://[::g]/", "IPv6"},
        Refusal{"OpenBracket", "http://[::1/", "IPv6"}, Refusal{"Ipv4InBrackets", "http://[127.0.0.1]/", "IPv6"},
        Refusal{"BracketTail", "http://[::1]x/", "behind its host"},
        Refusal{"LineBreak", "http://a/x\r\nHost:sesame", "percent-encoded"},
        Refusal{"Blank", "http://a/x y", "percent-encoded"}, Refusal{"Nul", "http://a/\0"sv, "percent-encoded"},
        Refusal{"Backslash", "http://a\\b/", "a /"}, Refusal{"QueryOnly", "http://a?key=sesame", "a /"},
        Refusal{"Fragment", "http://a/x#sesame", "fragment"}, Refusal{"BadEscape", "http://a/%zz", "hex"},
        Refusal{"ShortEscape", "http://a/%4", "hex"}),
    [](const auto& refusal) { return refusal.param.name; });

}  // namespace
}  // namespace gatehouse::net
