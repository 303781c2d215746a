// Names by a DNS server of the test's own: who shares a look-up, what is remembered, and what ends a wait.
#include "net/dial/resolver.h"

#include <gtest/gtest.h>
#include <sys/resource.h>

#include <atomic>
#include <chrono>
#include <filesystem>
#include <thread>
#include <vector>

#include "name_server.h"
#include "../upstream/upstream_fixture.h"

namespace gatehouse::net {
namespace {

using core::Code;
using namespace std::chrono_literals;

using Addresses = std::vector<Poco::Net::SocketAddress>;

class ResolverTest : public testing::Test {
 protected:
  ResolverTest() { use({.servers = server.address(), .query_timeout = 200ms, .tries = 2}); }

  void use(DnsOptions options) {
    auto created = Resolver::create(std::move(options));
    if (!created.ok()) throw std::runtime_error(std::string(created.status().message()));
    resolver = *std::move(created);
  }

  core::Result<Addresses> resolve(const std::string& host, std::chrono::milliseconds limit = 60s) {
    Switch never;
    return resolve(host, limit, never);
  }
  core::Result<Addresses> resolve(const std::string& host, std::chrono::milliseconds limit, Switch& cancellation) {
    const std::string text = "http://" + host + ":81/";
    const auto url = parse_url(text);
    Deadlines deadlines({"up", url->authority}, timeouts, cancellation);
    deadlines.begin("could not be reached", limit);
    return resolver->resolve(*url, deadlines);
  }

  static std::string first(const core::Result<Addresses>& found) {
    return found.ok() ? (*found).at(0).toString() : std::string(found.status().message());
  }

  NameServer server;
  std::unique_ptr<Resolver> resolver;
  core::Timeouts timeouts;
};

TEST_F(ResolverTest, AsksDnsOnceWhileAnAnswerIsGood) {
  server.knows("provider.test", "127.0.0.7", 300);
  for (int i = 0; i < 3; ++i) EXPECT_EQ(first(resolve("provider.test")), "127.0.0.7:81");
  EXPECT_EQ(server.asked(), 1);
}

TEST_F(ResolverTest, KnowsNumbersAndTheHostsFileWithoutDns) {
  EXPECT_EQ(first(resolve("127.0.0.9")), "127.0.0.9:81");
  EXPECT_EQ(first(resolve("[::1]")), "[::1]:81");
  const std::string local = first(resolve("localhost"));
  EXPECT_TRUE(local == "127.0.0.1:81" || local == "[::1]:81") << local;
  EXPECT_EQ(server.asked(), 0);
}

TEST_F(ResolverTest, RemembersAFailureForAMoment) {
  for (int i = 0; i < 3; ++i) {
    const auto found = resolve("nowhere.test");
    expect_fails(found.status(), Code::upstream_unreachable,
                 {"The provider 'up' could not be found", "nowhere.test:81", "not found", "base_url"});
    EXPECT_EQ(found.status().message().find("nowhere.test"), std::string_view::npos) << "callers are not told where";
  }
  EXPECT_EQ(server.asked(), 1);
  server.knows("nowhere.test", "127.0.0.7", 300);
  const auto begin = std::chrono::steady_clock::now();
  while (!resolve("nowhere.test").ok() && std::chrono::steady_clock::now() < begin + 60s) std::this_thread::sleep_for(50ms);
  EXPECT_EQ(first(resolve("nowhere.test")), "127.0.0.7:81");
}

std::size_t threads() {
  const std::filesystem::directory_iterator tasks("/proc/self/task");
  return static_cast<std::size_t>(std::distance(begin(tasks), end(tasks)));
}

TEST_F(ResolverTest, AllWhoWaitForANameShareOneLookUpAndNoThreads) {
  constexpr int kWaiting = 100;
  server.silent = true;
  const std::size_t before = threads();
  std::atomic<int> failed{0};
  std::vector<std::thread> waiting;
  for (int i = 0; i < kWaiting; ++i)
    waiting.emplace_back([&] { failed += resolve("slow.test").ok() ? 0 : 1; });
  while (server.asked() == 0) std::this_thread::sleep_for(1ms);
  EXPECT_LE(threads(), before + kWaiting);
  for (std::thread& thread : waiting) thread.join();
  EXPECT_EQ(failed, kWaiting);
  EXPECT_EQ(server.asked(), 2) << "as often as DNS is tried for one look-up";
}

TEST_F(ResolverTest, GivesUpWithTheDeadlineOfWhoAsks) {
  server.silent = true;
  use({.servers = server.address(), .query_timeout = 60s, .tries = 1});
  expect_fails(resolve("slow.test", 100ms).status(), Code::upstream_timeout, {"could not be reached within 100 ms"});
}

TEST_F(ResolverTest, ACancellationWakesWhoWaits) {
  server.silent = true;
  use({.servers = server.address(), .query_timeout = 60s, .tries = 1});
  Switch cancellation;
  std::thread flipper([&] {
    while (server.asked() == 0) std::this_thread::sleep_for(1ms);
    cancellation.flip();
  });
  expect_fails(resolve("slow.test", 60s, cancellation).status(), Code::client_gone, {"The client has left."});
  flipper.join();
}

// Descriptors that are not there are our own fault, not the provider's.
TEST_F(ResolverTest, TellsOfItsOwnShortage) {
  rlimit usual{};
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &usual), 0);
  const rlimit none{0, usual.rlim_max};
  Switch cancellation;
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &none), 0);
  const auto found = resolve("provider.test", 60s, cancellation);
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &usual), 0);
  expect_fails(found.status(), Code::internal, {"short of resources", "open files"});
  EXPECT_EQ(found.status().http_status(), 503);
  server.knows("provider.test", "127.0.0.7", 300);
  EXPECT_EQ(first(resolve("provider.test")), "127.0.0.7:81") << "it is not remembered";
}

}  // namespace
}  // namespace gatehouse::net
