#include "net/dial/name_cache.h"

#include <gtest/gtest.h>
#include <poll.h>

#include <string>

namespace gatehouse::net {
namespace {

using WaiterPtr = NameCache::WaiterPtr;

WaiterPtr waiter() { return std::make_shared<NameCache::Waiter>(); }
bool woken(const WaiterPtr& waiter) {
  pollfd fd{waiter->fd(), POLLIN, 0};
  return ::poll(&fd, 1, 0) == 1;
}
Found found(const char* address) {
  return {.addresses = {Poco::Net::IPAddress(address)}, .lifetime = std::chrono::seconds(30)};
}

TEST(NameCacheTest, AllWhoWaitForANameShareOneLookUp) {
  NameCache names;
  const WaiterPtr first = waiter(), second = waiter();
  EXPECT_TRUE(names.join("a.example", first).is_first);
  EXPECT_FALSE(names.join("a.example", second).is_first);
  EXPECT_EQ(names.take_wanted(), std::vector<std::string>{"a.example"});
  EXPECT_TRUE(names.take_wanted().empty());
  names.tell("a.example", found("192.0.2.1"));
  for (const WaiterPtr& one : {first, second}) {
    EXPECT_TRUE(woken(one));
    ASSERT_NE(names.told(*one), nullptr);
    EXPECT_EQ(names.told(*one)->addresses[0].toString(), "192.0.2.1");
  }
}

TEST(NameCacheTest, WhatWasFoundOrNotIsRemembered) {
  NameCache names;
  names.join("good.example", waiter());
  names.join("bad.example", waiter());
  EXPECT_EQ(names.find("good.example"), nullptr);
  names.tell("good.example", found("192.0.2.1"));
  names.tell("bad.example", {.why_not = "no such name"});
  ASSERT_NE(names.find("good.example"), nullptr);
  ASSERT_NE(names.find("bad.example"), nullptr);
  EXPECT_EQ(names.find("bad.example")->why_not, "no such name");
  EXPECT_NE(names.join("good.example", waiter()).found, nullptr);
}

TEST(NameCacheTest, AShortageOfThisMachineIsNotRemembered) {
  NameCache names;
  names.join("a.example", waiter());
  names.tell("a.example", {.shortage = EMFILE});
  EXPECT_EQ(names.find("a.example"), nullptr);
  EXPECT_TRUE(names.join("a.example", waiter()).is_first);
}

TEST(NameCacheTest, WhoGaveUpIsNotToldAndTheOthersAre) {
  NameCache names;
  const WaiterPtr leaves = waiter(), stays = waiter();
  names.join("a.example", leaves);
  names.join("a.example", stays);
  names.leave("a.example", leaves);
  names.tell("a.example", found("192.0.2.1"));
  EXPECT_FALSE(woken(leaves));
  EXPECT_TRUE(woken(stays));
}

TEST(NameCacheTest, WithoutMemoryAllAreWokenAndTheNextBeginAnew) {
  NameCache names;
  const WaiterPtr first = waiter();
  names.join("a.example", first);
  names.give_up();
  EXPECT_TRUE(woken(first));
  EXPECT_EQ(names.told(*first), nullptr);
  EXPECT_TRUE(names.take_wanted().empty());
  EXPECT_TRUE(names.join("a.example", waiter()).is_first);
}

TEST(NameCacheTest, ForgetsRatherThanGrowsWithoutEnd) {
  NameCache names;
  int known = 0;
  for (int i = 0; i < 3000; ++i) {
    const std::string name = std::to_string(i) + ".example";
    names.join(name, waiter());
    names.tell(name, found("192.0.2.1"));
  }
  for (int i = 0; i < 3000; ++i) known += names.find(std::to_string(i) + ".example") != nullptr;
  EXPECT_LE(known, 1024);
  EXPECT_NE(names.find("2999.example"), nullptr);
}

}  // namespace
}  // namespace gatehouse::net
