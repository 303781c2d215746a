#include "core/record/refusal_budget.h"

#include <gtest/gtest.h>

namespace gatehouse::core {
namespace {

using Budget = RefusalBudget;

class RefusalBudgetTest : public testing::Test {
 protected:
  // How many of so many refusals leave a record.
  std::uint32_t recorded(const std::string& address, int refusals) {
    std::uint32_t recorded = 0;
    for (int i = 0; i < refusals; ++i) recorded += budget_.spend(address, now_).has_value() ? 1 : 0;
    return recorded;
  }

  Budget budget_;
  Budget::Clock::time_point now_{std::chrono::hours(1)};
};

TEST_F(RefusalBudgetTest, AnAddressLeavesAFewRecordsAMinute) {
  EXPECT_EQ(recorded("192.0.2.1", 1'000), Budget::kOfOne);
  EXPECT_EQ(recorded("192.0.2.2", 1'000), Budget::kOfOne);
  now_ += Budget::kPeriod;
  EXPECT_EQ(recorded("192.0.2.1", 1'000), Budget::kOfOne);
}

TEST_F(RefusalBudgetTest, TheNextRecordSaysHowManyLeftNone) {
  recorded("192.0.2.1", 100);
  now_ += Budget::kPeriod;
  EXPECT_EQ(budget_.spend("192.0.2.1", now_), 100 - Budget::kOfOne);
  EXPECT_EQ(budget_.spend("192.0.2.1", now_), 0u) << "it is told once";
}

TEST_F(RefusalBudgetTest, ManyAddressesTogetherLeaveNoMoreThanTheirShare) {
  std::uint32_t all = 0;
  for (int i = 0; i < 10'000; ++i)
    all += recorded("10.0." + std::to_string(i / 250) + "." + std::to_string(i % 250), 1);
  EXPECT_EQ(all, Budget::kOfAll);
}

TEST_F(RefusalBudgetTest, OneIpv6NetworkIsOneAddress) {
  std::uint32_t all = 0;
  for (int i = 0; i < 1'000; ++i) all += recorded("2001:db8:0:1::" + std::to_string(i), 1);
  EXPECT_EQ(all, Budget::kOfOne);
  EXPECT_EQ(recorded("2001:db8:0:2::1", 10), Budget::kOfOne);
  EXPECT_EQ(recorded("::ffff:192.0.2.1", 10), Budget::kOfOne) << "IPv4 addresses are no network";
  EXPECT_EQ(recorded("::ffff:192.0.2.2", 10), Budget::kOfOne);
}

TEST_F(RefusalBudgetTest, EveryRefusalIsToldOfHoweverManyAddressesThereWere) {
  constexpr std::uint64_t kAddresses = 100'000;
  for (std::uint64_t i = 0; i < kAddresses; ++i) recorded("stranger " + std::to_string(i), 1);
  now_ += Budget::kPeriod;
  EXPECT_EQ(budget_.spend("192.0.2.9", now_), kAddresses - Budget::kOfAll);
}

}  // namespace
}  // namespace gatehouse::core
