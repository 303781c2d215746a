#include "net/front/connection_set.h"

#include <thread>

#include "socket_pair.h"

namespace gatehouse::net {
namespace {

using namespace std::chrono_literals;

auto in(std::chrono::milliseconds time) { return std::chrono::steady_clock::now() + time; }

TEST(ConnectionSet, CountsEachConnectionOnce) {
  ConnectionSet set;
  EXPECT_EQ(set.size(), 0u);
  set.add(7);
  set.add(7);
  set.add(8);
  EXPECT_EQ(set.size(), 2u);
  set.remove(9);
  set.remove(7);
  EXPECT_EQ(set.size(), 1u);
}

TEST(ConnectionSet, TheDrainWaitsUntilTheLastIsGone) {
  ConnectionSet set;
  EXPECT_TRUE(set.wait_empty(in(0ms))) << "of none there is none to wait for";
  set.add(7);
  set.add(8);
  std::thread leaving([&] {
    std::this_thread::sleep_for(20ms);
    set.remove(7);
    set.remove(8);
  });
  EXPECT_TRUE(set.wait_empty(in(10s)));
  leaving.join();
}

TEST(ConnectionSet, TheDrainWaitsNoLongerThanItsDeadline) {
  ConnectionSet set;
  set.add(7);
  const auto began = std::chrono::steady_clock::now();
  EXPECT_FALSE(set.wait_empty(in(50ms)));
  EXPECT_LT(std::chrono::steady_clock::now() - began, 5s);
}

TEST(ConnectionSet, WhatIsCutOffCanNeitherReadNorWriteAndTheRestCan) {
  SocketPair cut, other;
  ConnectionSet set;
  set.add(cut.ends[0]);
  set.shut_down_all();
  char byte;
  EXPECT_EQ(::recv(cut.ends[0], &byte, 1, MSG_DONTWAIT), 0);
  EXPECT_EQ(::send(cut.ends[0], "x", 1, MSG_NOSIGNAL), -1);
  EXPECT_EQ(::recv(cut.ends[1], &byte, 1, MSG_DONTWAIT), 0) << "the client hears of it";
  EXPECT_EQ(::send(other.ends[0], "x", 1, MSG_NOSIGNAL), 1);
  EXPECT_EQ(set.size(), 1u) << "it is its connection that leaves the set";
}

}  // namespace
}  // namespace gatehouse::net
