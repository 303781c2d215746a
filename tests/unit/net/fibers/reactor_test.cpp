#include "net/fibers/reactor.h"

#include <gtest/gtest.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <memory>
#include <vector>

namespace gatehouse::net {
namespace {

using namespace std::chrono_literals;
using Clock = Reactor::Clock;

constexpr std::chrono::milliseconds kTick{100};

class ReactorTest : public testing::Test, private Reactor::Sink {
 protected:
  void SetUp() override {
    ASSERT_TRUE(reactor.open(kTick).ok());
    ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
    ASSERT_TRUE(reactor.watch(ends[0]));
  }
  void TearDown() override {
    for (const int end : ends) ::close(end);
  }
  void woken(Reactor::Wait& wait) override { awake.push_back(&wait); }
  void stirred(int) override {}

  // Reads all there is, and says so.
  void drain() {
    char buffer[64];
    while (::recv(ends[0], buffer, sizeof buffer, MSG_DONTWAIT) > 0) continue;
    reactor.mark_drained(ends[0], POLLIN);
  }

  Reactor reactor{*this};
  std::vector<Reactor::Wait*> awake;
  int ends[2];
};

TEST_F(ReactorTest, WakesWhoWaitsForWhatComes) {
  pollfd fd{ends[0], POLLIN, 0};
  Reactor::Wait wait({&fd, 1}, Clock::now() + 20s);
  EXPECT_EQ(reactor.look({&fd, 1}), 0);
  reactor.enlist(wait);
  ASSERT_EQ(::write(ends[1], "x", 1), 1);
  while (awake.empty()) reactor.round(20s);
  EXPECT_EQ(awake, std::vector{&wait});
  EXPECT_EQ(fd.revents, POLLIN);
}

TEST_F(ReactorTest, ARoundEndsWithTheTick) {
  pollfd fd{ends[0], POLLIN, 0};
  Reactor::Wait wait({&fd, 1}, Clock::now() + 1h);
  reactor.enlist(wait);
  for (int round = 0; round < 3; ++round) reactor.round(1h);  // the test's own time limit is shorter
  EXPECT_TRUE(awake.empty());
  ASSERT_EQ(::write(ends[1], "x", 1), 1);
  while (awake.empty()) reactor.round(1h);
}

TEST_F(ReactorTest, HasHeardItUntilItIsExhausted) {
  ASSERT_EQ(::write(ends[1], "x", 1), 1);
  while ((reactor.ready(ends[0]) & POLLIN) == 0) reactor.round(20s);
  pollfd fd{ends[0], POLLIN, 0};
  EXPECT_EQ(reactor.look({&fd, 1}), 1);
  drain();
  EXPECT_EQ(reactor.look({&fd, 1}), 0);
  ASSERT_EQ(::write(ends[1], "y", 1), 1);
  while ((reactor.ready(ends[0]) & POLLIN) == 0) reactor.round(20s);
}

TEST_F(ReactorTest, AnEndIsNeverExhausted) {
  ASSERT_EQ(::write(ends[1], "x", 1), 1);
  ::shutdown(ends[1], SHUT_WR);
  while ((reactor.ready(ends[0]) & POLLRDHUP) == 0) reactor.round(20s);
  reactor.mark_drained(ends[0], POLLIN);  // a read that stopped before the end
  pollfd fd{ends[0], POLLIN, 0};
  EXPECT_EQ(reactor.look({&fd, 1}), 1);
  EXPECT_EQ(fd.revents, POLLIN);
}

TEST_F(ReactorTest, WakesInTheOrderOfTime) {
  drain();
  pollfd fds[3] = {{ends[0], POLLIN, 0}, {ends[0], POLLIN, 0}, {-1, 0, 0}};
  const auto now = Clock::now();
  Reactor::Wait last({&fds[0], 1}, now + 30ms);
  Reactor::Wait first({&fds[1], 1}, now + 10ms);
  Reactor::Wait middle({&fds[2], 1}, now + 20ms);
  for (Reactor::Wait* wait : {&last, &first, &middle}) reactor.enlist(*wait);
  while (awake.size() < 3) reactor.round(20s);
  EXPECT_EQ(awake, (std::vector{&first, &middle, &last}));
  EXPECT_GE(Clock::now(), now + 30ms);
}

// As after a stop of the whole process: more is there to be heard than one look tells, and all time has run out.
TEST_F(ReactorTest, ATimeIsOverOnlyForThoseOfWhomNothingIsThere) {
  constexpr std::size_t kMany = 1000;
  std::vector<pollfd> fds(kMany);
  std::vector<std::unique_ptr<Reactor::Wait>> waits;
  for (pollfd& fd : fds) {
    fd = {::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK), POLLIN, 0};
    ASSERT_TRUE(reactor.watch(fd.fd));
  }
  for (int round = 0; round < 10; ++round) reactor.round(0ms);  // that they are writable is no news
  for (pollfd& fd : fds) {
    waits.push_back(std::make_unique<Reactor::Wait>(std::span(&fd, 1), Clock::now() - 1s));
    reactor.enlist(*waits.back());
    ::eventfd_write(fd.fd, 1);
  }
  pollfd silent{ends[0], POLLIN, 0};
  Reactor::Wait late({&silent, 1}, Clock::now() - 1s);
  reactor.enlist(late);
  while (awake.size() < kMany + 1) reactor.round(20s);
  for (const pollfd& fd : fds) EXPECT_EQ(fd.revents, POLLIN);
  EXPECT_EQ(silent.revents, 0);
  for (const pollfd& fd : fds) ::close(fd.fd);
}

TEST_F(ReactorTest, SaysWhatItWasNeverTold) {
  pollfd fd{ends[1], POLLIN, 0};
  EXPECT_EQ(reactor.look({&fd, 1}), -1);
}

}  // namespace
}  // namespace gatehouse::net
