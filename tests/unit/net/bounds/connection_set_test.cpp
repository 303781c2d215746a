#include "net/bounds/connection_set.h"

#include <deque>
#include <thread>

#include "net/front/socket_pair.h"

namespace gatehouse::net {
namespace {

using namespace std::chrono_literals;

auto in(std::chrono::milliseconds time) { return std::chrono::steady_clock::now() + time; }

// Connections of addresses "a", "b", …, the first idle for longest.
struct Guests {
  Guest& from(const std::string& address) {
    const int seconds = static_cast<int>(all.size());
    all.emplace_back(pairs.emplace_back().ends[0], address, Guest::Clock::time_point() + std::chrono::seconds(seconds));
    return all.back();
  }
  bool is_open(std::size_t index) {
    char byte;
    return ::recv(pairs[index].ends[1], &byte, 1, MSG_DONTWAIT) < 0;
  }
  std::deque<SocketPair> pairs;
  std::deque<Guest> all;
};

TEST(ConnectionSet, CountsConnectionsUntilTheyAreRemoved) {
  Guests guests;
  ConnectionSet set;
  EXPECT_EQ(set.size(), 0u);
  EXPECT_TRUE(set.add(guests.from("a")));
  EXPECT_TRUE(set.add(guests.from("a")));
  EXPECT_EQ(set.size(), 2u);
  set.remove(guests.from("a"));
  EXPECT_EQ(set.size(), 2u) << "it was not in the set";
  set.remove(guests.all[0]);
  EXPECT_EQ(set.size(), 1u);
}

TEST(ConnectionSet, TheLongestIdleMakesRoomAndTheBusyStay) {
  Guests guests;
  ConnectionSet set;
  set.limit(3, 0);
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(set.add(guests.from("a")));
  ASSERT_TRUE(guests.all[0].begin());
  EXPECT_TRUE(set.add(guests.from("a")));
  EXPECT_FALSE(guests.is_open(1));
  EXPECT_FALSE(guests.all[1].begin()) << "what it was sent meanwhile is not begun";
  EXPECT_TRUE(guests.is_open(0) && guests.is_open(2) && guests.is_open(3));
  EXPECT_EQ(set.size(), 3u);
  EXPECT_EQ(set.sheds(), 1u);
}

TEST(ConnectionSet, WhereAllAreBusyThereIsNoRoomUntilOneRestsOrLeaves) {
  Guests guests;
  ConnectionSet set;
  set.limit(2, 0);
  for (int i = 0; i < 2; ++i) {
    ASSERT_TRUE(set.add(guests.from("a")));
    ASSERT_TRUE(guests.all.back().begin());
  }
  EXPECT_FALSE(set.add(guests.from("a")));
  EXPECT_FALSE(set.shed());
  set.remove(guests.all[0]);
  EXPECT_TRUE(set.add(guests.from("a")));
}

TEST(ConnectionSet, AnAddressMakesRoomForItselfAlone) {
  Guests guests;
  ConnectionSet set;
  set.limit(100, 2);
  ASSERT_TRUE(set.add(guests.from("b")));
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(set.add(guests.from("a")));
  EXPECT_TRUE(guests.is_open(0)) << "somebody else, idle for longer";
  EXPECT_FALSE(guests.is_open(1));
  for (Guest& guest : guests.all) guest.begin();
  EXPECT_FALSE(set.add(guests.from("a")));
  EXPECT_TRUE(set.add(guests.from("b")));
  EXPECT_TRUE(set.add(guests.from(""))) << "counted for nobody";
}

TEST(ConnectionSet, FewWaitToBeClosedByTheirClients) {
  Guests guests;
  ConnectionSet set;
  set.limit(8, 0);
  ASSERT_TRUE(set.add(guests.from("a")));
  EXPECT_TRUE(set.linger(guests.all[0]));
  EXPECT_EQ(set.size(), 0u) << "the drain waits for nobody who has his answer";
  EXPECT_TRUE(set.linger(guests.from("a"))) << "one that was turned away";
  ASSERT_TRUE(guests.is_open(0));
  EXPECT_TRUE(set.linger(guests.from("a")));
  EXPECT_FALSE(guests.is_open(0)) << "who has had the most time makes room";
  EXPECT_TRUE(guests.is_open(1) && guests.is_open(2));
  EXPECT_TRUE(set.linger(guests.from("a")));
  EXPECT_FALSE(set.linger(guests.from("a"))) << "those that were told to go hold their descriptors still";
  set.remove(guests.all[0]);
  EXPECT_TRUE(set.linger(guests.from("a")));
}

TEST(ConnectionSet, TheDrainWaitsUntilTheLastIsGone) {
  Guests guests;
  ConnectionSet set;
  EXPECT_TRUE(set.wait_empty(in(0ms))) << "of none there is none to wait for";
  set.add(guests.from("a"));
  set.add(guests.from("a"));
  std::thread leaving([&] {
    std::this_thread::sleep_for(20ms);
    set.remove(guests.all[0]);
    set.remove(guests.all[1]);
  });
  EXPECT_TRUE(set.wait_empty(in(10s)));
  leaving.join();
}

TEST(ConnectionSet, TheDrainWaitsNoLongerThanItsDeadline) {
  Guests guests;
  ConnectionSet set;
  set.add(guests.from("a"));
  const auto began = std::chrono::steady_clock::now();
  EXPECT_FALSE(set.wait_empty(in(50ms)));
  EXPECT_LT(std::chrono::steady_clock::now() - began, 5s);
}

TEST(ConnectionSet, WhatIsCutOffCanNeitherReadNorWriteAndTheRestCan) {
  Guests guests;
  SocketPair other;
  ConnectionSet set;
  set.add(guests.from("a"));
  set.shut_down_all();
  const SocketPair& cut = guests.pairs[0];
  char byte;
  EXPECT_EQ(::recv(cut.ends[0], &byte, 1, MSG_DONTWAIT), 0);
  EXPECT_EQ(::send(cut.ends[0], "x", 1, MSG_NOSIGNAL), -1);
  EXPECT_EQ(::recv(cut.ends[1], &byte, 1, MSG_DONTWAIT), 0) << "the client hears of it";
  EXPECT_EQ(::send(other.ends[0], "x", 1, MSG_NOSIGNAL), 1);
  EXPECT_EQ(set.size(), 1u) << "it is its connection that leaves the set";
}

}  // namespace
}  // namespace gatehouse::net
