#include "handlers/routing/client_address.h"

#include "answering_server.h"

namespace gatehouse::handlers {
namespace {

class ClientAddressTest : public AnsweringServer {
 protected:
  ClientAddressTest() {
    router.add("GET", "/who", [this](net::Request& request, net::Response& response, Visitor&) {
      (void)response.send_body("<" + client_address(request, trusted_) + ">");
    });
  }

  std::string address(const std::string& fields) {
    const std::string answer = ask("GET /who", fields);
    const std::size_t begin = answer.rfind('<');
    return answer.substr(begin + 1, answer.rfind('>') - begin - 1);
  }
  void trust(std::initializer_list<const char*> ranges) {
    for (const char* range : ranges) EXPECT_TRUE(trusted_.add(range));
  }

  core::AddressRanges trusted_;
};

constexpr const char* kPeer = "127.0.0.1";

TEST_F(ClientAddressTest, AStrangersWordIsNotBelieved) {
  trust({"10.0.0.0/8"});
  EXPECT_EQ(address("X-Forwarded-For: 192.0.2.1\r\n"), kPeer);
  EXPECT_EQ(address("Forwarded: for=192.0.2.1\r\n"), kPeer);
}

TEST_F(ClientAddressTest, ATrustedProxyNamesTheLastAddressThatIsNoProxys) {
  trust({"127.0.0.1", "10.0.0.0/8", "2001:db8:1::/48"});
  const std::pair<const char*, const char*> cases[] = {
      {"", kPeer},
      {"X-Forwarded-For: 192.0.2.1\r\n", "192.0.2.1"},
      {"x-forwarded-for:192.0.2.1:4711\r\n", "192.0.2.1"},
      {"X-Forwarded-For: 203.0.113.5, 192.0.2.1\r\n", "192.0.2.1"},  // what the caller wrote stands further left
      {"X-Forwarded-For: 203.0.113.5, 192.0.2.1, 10.0.0.9 ,10.1.1.1\r\n", "192.0.2.1"},
      {"X-Forwarded-For: 203.0.113.5\r\nX-Forwarded-For: 192.0.2.1\r\n", "192.0.2.1"},
      {"X-Forwarded-For: 192.0.2.1\r\nX-Forwarded-For: 10.0.0.9\r\n", "192.0.2.1"},
      {"X-Forwarded-For: 10.0.0.9, 10.0.0.8\r\n", "10.0.0.9"},  // proxies all the way
      {"X-Forwarded-For: [2001:db8::1]:4711, 2001:db8:1::7\r\n", "2001:db8::1"},
      {"Forwarded: for=192.0.2.1;proto=https;by=10.0.0.1\r\n", "192.0.2.1"},
      {"Forwarded: for=203.0.113.5, proto=http; FOR=\"[2001:db8::1]:4711\", for=10.0.0.2\r\n", "2001:db8::1"},
      {"X-Forwarded-For: 192.0.2.1\r\nForwarded: for=192.0.2.1\r\n", "192.0.2.1"},
  };
  for (const auto& [fields, expected] : cases) EXPECT_EQ(address(fields), expected) << fields;
}

TEST_F(ClientAddressTest, WhatCannotBeReadEndsTheWayAtTheLastCertainAddress) {
  trust({"127.0.0.1", "10.0.0.0/8"});
  const std::pair<std::string, const char*> cases[] = {
      {"X-Forwarded-For: unknown\r\n", kPeer},
      {"X-Forwarded-For: 192.0.2.1, unknown\r\n", kPeer},
      {"X-Forwarded-For: 192.0.2.1, evil.example, 10.0.0.9\r\n", "10.0.0.9"},
      {"X-Forwarded-For: 192.0.2.1,\r\n", kPeer},
      {"X-Forwarded-For:\r\n", kPeer},
      {"X-Forwarded-For: 192.0.2.1 10.0.0.9\r\n", kPeer},
      {"X-Forwarded-For: 192.0.2.256\r\n", kPeer},
      {"X-Forwarded-For: [::1\r\n", kPeer},
      {"Forwarded: for=_hidden\r\n", kPeer},
      {"Forwarded: by=192.0.2.1\r\n", kPeer},
      {"X-Forwarded-For: " + std::string(4'000, '1') + "\r\n", kPeer},
      // Who speaks one way passes on what the caller wrote the other way.
      {"X-Forwarded-For: 203.0.113.5\r\nForwarded: for=192.0.2.1\r\n", kPeer},
  };
  for (const auto& [fields, expected] : cases) EXPECT_EQ(address(fields), expected) << fields.substr(0, 80);
}

TEST_F(ClientAddressTest, AnEndlessWayIsNotFollowedToItsEnd) {
  trust({"127.0.0.1", "10.0.0.0/8"});
  std::string fields = "X-Forwarded-For: 192.0.2.1";
  for (int i = 0; i < 500; ++i) fields += ",10.0.0.9";
  EXPECT_EQ(address(fields + "\r\n"), "10.0.0.9");
}

}  // namespace
}  // namespace gatehouse::handlers
