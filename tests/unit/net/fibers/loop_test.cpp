// Exchanges that share one thread: what each may do without holding up the others.
#include "net/fibers/loop.h"

#include <gtest/gtest.h>

#include <latch>
#include <mutex>
#include <set>
#include <thread>

#include "../front/server_fixture.h"
#include "core/pause.h"

namespace gatehouse::net {
namespace {

constexpr int kHolders = 20;

// What the paths below do.
struct Gates {
  std::latch release{1};
  std::atomic<int> blocked{0};
  std::atomic<int> napping{0};
  std::atomic<bool> pinned_moved{false};
  std::atomic<int> holding{0};
  std::mutex mutex;
  std::set<std::thread::id> holders;  // where they are while all hold; guarded by mutex
};

class GateHandler final : public Poco::Net::HTTPRequestHandler {
 public:
  explicit GateHandler(Gates& gates) : gates_(gates) {}

  void handleRequest(Poco::Net::HTTPServerRequest& poco_request, Poco::Net::HTTPServerResponse& response) override {
    auto& request = dynamic_cast<Request&>(poco_request);
    const std::string path = request.getURI();
    if (path == "/block") block();
    if (path == "/block-announced") {
      core::may_block();
      block();
    }
    if (path == "/release") gates_.release.count_down();
    if (path == "/nap") nap(request);
    if (path == "/pinned") pinned(request);
    if (path == "/block-and-hold") block_and_hold(request);
    response.sendBuffer(path.data(), path.size());
  }

 private:
  void block() {
    ++gates_.blocked;
    gates_.release.wait();
  }
  // Long enough for all to be under way at once.
  void nap(Request& request) {
    ClientWatch watch(request);
    ++gates_.napping;
    (void)core::pause(200ms, watch);  // a server that ends cuts it short
  }
  void pinned(Request& request) {
    const auto me = std::this_thread::get_id();
    ClientWatch watch(request);
    const core::OnOneThread here;
    ++gates_.blocked;
    while (!gates_.release.try_wait()) EXPECT_TRUE(core::pause(5ms, watch).ok());
    if (std::this_thread::get_id() != me) gates_.pinned_moved = true;
  }

  void block_and_hold(Request& request) {
    ClientWatch watch(request);
    core::may_block();
    ++gates_.blocked;
    gates_.release.wait();
    ++gates_.holding;
    while (gates_.holding < kHolders) EXPECT_TRUE(core::pause(5ms, watch).ok());
    for (int i = 0; i < 20; ++i) {
      EXPECT_TRUE(core::pause(5ms, watch).ok());
      const std::lock_guard lock(gates_.mutex);
      gates_.holders.insert(std::this_thread::get_id());
    }
  }

  Gates& gates_;
};

class GateFactory final : public Poco::Net::HTTPRequestHandlerFactory {
 public:
  explicit GateFactory(Gates& gates) : gates_(gates) {}
  Poco::Net::HTTPRequestHandler* createRequestHandler(const Poco::Net::HTTPServerRequest&) override {
    return new GateHandler(gates_);
  }

 private:
  Gates& gates_;
};

class LoopTest : public ServerTest {
 protected:
  void SetUp() override {
    ServerOptions one_loop = options();
    one_loop.loops = 1;
    server = std::make_unique<Server>(one_loop, gate_factory);
    ASSERT_TRUE(server->start().ok());
  }
  RawClient ask(const std::string& path) const {
    RawClient client = connect();
    client.send(get_path(path));
    return client;
  }
  // Whether this is what the answer says; the connection stays open.
  static bool says(RawClient& client, const std::string& path) {
    return client.receive_until("\r\n\r\n" + path).ends_with(path);
  }
  bool blocked(int count) {
    return eventually([&] { return gates.blocked == count; });
  }

  Gates gates;
  GateFactory gate_factory{gates};
};

TEST_F(LoopTest, AHandlerThatBlocksHoldsUpNobody) {
  RawClient blocked_one = ask("/block");
  ASSERT_TRUE(blocked(1));
  RawClient other = ask("/release");  // on the same loop: if it had to wait, this would never end
  EXPECT_TRUE(says(other, "/release"));
  EXPECT_TRUE(says(blocked_one, "/block"));
}

TEST_F(LoopTest, ManyThatBlockEachHaveAThread) {
  std::vector<RawClient> clients;
  for (int i = 0; i < 20; ++i) clients.push_back(ask(i % 2 == 0 ? "/block" : "/block-announced"));
  ASSERT_TRUE(blocked(20));
  RawClient other = ask("/release");
  EXPECT_TRUE(says(other, "/release"));
  for (std::size_t i = 0; i < clients.size(); ++i)
    EXPECT_TRUE(says(clients[i], i % 2 == 0 ? "/block" : "/block-announced"));
  EXPECT_TRUE(eventually([&] { return server->counters().parked == 21; }));
}

TEST_F(LoopTest, AConnectionComesBackFromAThreadOfItsOwn) {
  RawClient client = ask("/block");
  ASSERT_TRUE(blocked(1));
  RawClient other = ask("/release");
  ASSERT_TRUE(says(other, "/release"));
  ASSERT_TRUE(says(client, "/block"));
  client.send(get_path("/more"));
  EXPECT_TRUE(says(client, "/more"));
}

TEST_F(LoopTest, WhoHasBlockedSharesTheThreadAgainOnceItWaits) {
  std::vector<RawClient> clients;
  for (int i = 0; i < kHolders; ++i) clients.push_back(ask("/block-and-hold"));
  ASSERT_TRUE(blocked(kHolders));
  RawClient other = ask("/release");
  EXPECT_TRUE(says(other, "/release"));
  for (RawClient& client : clients) EXPECT_TRUE(says(client, "/block-and-hold"));
  EXPECT_LE(gates.holders.size(), 3u) << "a fiber that is slow, by chance, moves the loop";
}

TEST_F(LoopTest, ThoseThatWaitShareAThread) {
  const std::size_t before = threads();
  std::vector<RawClient> clients;
  for (int i = 0; i < 300; ++i) clients.push_back(ask("/nap"));
  for (RawClient& client : clients) ASSERT_TRUE(says(client, "/nap"));
  EXPECT_EQ(gates.napping, 300);
  EXPECT_LT(threads(), before + 100);  // a thread each would be 300
}

TEST_F(LoopTest, WhatIsBoundToItsThreadStaysOnIt) {
  RawClient client = ask("/pinned");
  ASSERT_TRUE(blocked(1));
  RawClient other = ask("/release");
  EXPECT_TRUE(says(other, "/release"));
  EXPECT_TRUE(says(client, "/pinned"));
  EXPECT_FALSE(gates.pinned_moved);
}

TEST_F(LoopTest, TheServerEndsWithExchangesUnderWay) {
  RawClient waiting = ask("/nap");
  ASSERT_TRUE(eventually([&] { return gates.napping == 1; }));
  server.reset();
}

}  // namespace
}  // namespace gatehouse::net
