#include "core/route/breaker.h"

#include <gtest/gtest.h>

#include "core/route/breakers.h"

namespace gatehouse::core {
namespace {

using namespace std::chrono_literals;
using Entry = Breaker::Entry;
using Health = Breaker::Health;

class BreakerTest : public ::testing::Test {
 protected:
  Entry pass(Health health) {
    const Entry entry = breaker_.enter(now_);
    if (entry != Entry::refused) breaker_.leave(entry, health, rules_, now_);
    return entry;
  }
  void open() {
    for (std::uint32_t i = 0; i < rules_.failures; ++i) pass(Health::bad);
  }

  const BreakerRules rules_{.failures = 3, .open_for = 10s, .share = 0.6, .window = 30s, .least = 10};
  Breaker breaker_;
  Breaker::Clock::time_point now_{};
};

TEST_F(BreakerTest, OpensAfterFailuresInARowOnly) {
  for (int i = 0; i < 10; ++i) {
    pass(Health::bad);
    pass(Health::good);
    pass(Health::bad);
    pass(Health::good);
  }
  EXPECT_FALSE(breaker_.open());
  open();
  EXPECT_TRUE(breaker_.open());
  EXPECT_EQ(pass(Health::good), Entry::refused);
  EXPECT_EQ(breaker_.until_probe(now_), 10s);
}

TEST_F(BreakerTest, ALargeShareOfFailuresWithinAWindowOpensIt) {
  for (int i = 0; i < 3; ++i) {
    pass(Health::bad);
    pass(Health::bad);
    EXPECT_EQ(pass(Health::good), Entry::normal);
  }
  EXPECT_FALSE(breaker_.open()) << "nine are too few to judge by";
  pass(Health::bad);
  EXPECT_TRUE(breaker_.open()) << "seven of ten";
}

TEST_F(BreakerTest, WhatIsLongPastCountsNoMore) {
  for (int i = 0; i < 3; ++i) {
    pass(Health::bad);
    pass(Health::bad);
    pass(Health::good);
  }
  now_ += 60s;
  pass(Health::bad);
  EXPECT_FALSE(breaker_.open());
}

TEST_F(BreakerTest, ATargetThatAskedForAPauseIsLeftAlone) {
  now_ += 1h;
  breaker_.cool_down(now_ + 20s);
  breaker_.cool_down(now_ + 5s);
  EXPECT_EQ(breaker_.enter(now_ + 19s), Entry::cooling) << "the longest pause counts";
  EXPECT_EQ(breaker_.until_cool(now_ + 19s), 1s);
  EXPECT_EQ(breaker_.enter(now_ + 20s), Entry::normal);
}

TEST_F(BreakerTest, OneProbeAtATimeAndASuccessCloses) {
  open();
  now_ += 10s;
  EXPECT_EQ(breaker_.until_probe(now_), 0s);
  ASSERT_EQ(breaker_.enter(now_), Entry::probe);
  EXPECT_EQ(breaker_.enter(now_), Entry::refused);
  breaker_.leave(Entry::probe, Health::good, rules_, now_);
  EXPECT_FALSE(breaker_.open());
  EXPECT_EQ(pass(Health::bad), Entry::normal);
  EXPECT_FALSE(breaker_.open());  // the count began anew
}

TEST_F(BreakerTest, AFailedProbeOpensItAgain) {
  open();
  now_ += 10s;
  EXPECT_EQ(pass(Health::bad), Entry::probe);
  EXPECT_EQ(pass(Health::good), Entry::refused);
  EXPECT_EQ(breaker_.until_probe(now_), 10s);
}

TEST_F(BreakerTest, AProbeThatTellsNothingLeavesRoomForTheNext) {
  open();
  now_ += 10s;
  EXPECT_EQ(pass(Health::unknown), Entry::probe);
  EXPECT_TRUE(breaker_.open());
  EXPECT_EQ(pass(Health::good), Entry::probe);
  EXPECT_FALSE(breaker_.open());
}

TEST_F(BreakerTest, WhatBeganBeforeItOpenedDoesNotCount) {
  const Entry early = breaker_.enter(now_);
  const Entry late = breaker_.enter(now_);
  open();
  breaker_.leave(early, Health::good, rules_, now_);
  EXPECT_TRUE(breaker_.open());
  breaker_.leave(late, Health::bad, rules_, now_ + 9s);
  EXPECT_EQ(breaker_.until_probe(now_ + 9s), 1s);
}

TEST_F(BreakerTest, NoFailuresAllowedMeansItNeverOpens) {
  for (int i = 0; i < 100; ++i) breaker_.leave(breaker_.enter(now_), Health::bad, {.failures = 0, .least = 2}, now_);
  EXPECT_FALSE(breaker_.open());
}

TEST(BreakersTest, ATargetFindsItsOwnAgain) {
  Breakers breakers;
  Breaker& one = breakers.of("a", "m");
  EXPECT_EQ(&breakers.of("a", "m"), &one);
  EXPECT_NE(&breakers.of("a", "n"), &one);
  EXPECT_NE(&breakers.of("b", "m"), &one);
}

}  // namespace
}  // namespace gatehouse::core
