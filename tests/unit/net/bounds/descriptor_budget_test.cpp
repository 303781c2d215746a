#include "net/bounds/descriptor_budget.h"

#include <gtest/gtest.h>
#include <sys/resource.h>

namespace gatehouse::net {
namespace {

TEST(DescriptorBudget, CallersTheirProvidersAndThoseThatCloseLeaveTheReserve) {
  for (const std::size_t limit : {40u, 64u, 100u, 256u, 1024u, 20'000u, 1'048'576u}) {
    const std::size_t used = 30;
    const DescriptorBudget budget = share_descriptors(limit, used);
    const std::size_t callers_take = 2 * budget.callers + budget.callers / 4;
    const std::size_t spare = limit - used;
    EXPECT_LE(callers_take, spare - std::min<std::size_t>(spare / 2, 128)) << limit;
    EXPECT_LE(budget.operators, std::max<std::size_t>(spare / 4, 2)) << limit;
    EXPECT_GE(budget.callers, 2u) << limit;
  }
}

TEST(DescriptorBudget, ALimitThatIsUsedUpStillLetsSomebodyIn) {
  for (const std::size_t limit : {0u, 10u, 30u}) {
    EXPECT_GE(share_descriptors(limit, 30).callers, 1u);
    EXPECT_GE(share_descriptors(limit, 30).operators, 1u);
  }
}

TEST(DescriptorBudget, WhatIsSaidToBeNeededSuffices) {
  for (const std::size_t callers : {1u, 7u, 50u, 113u, 114u, 115u, 2'048u, 100'000u})
    EXPECT_GE(share_descriptors(descriptors_for(callers, 33), 33).callers, callers);
}

TEST(DescriptorBudget, TheSoftLimitBecomesTheHardOne) {
  rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &before), 0);
  rlimit low = before;
  low.rlim_cur = 64;
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &low), 0);
  EXPECT_EQ(raise_descriptor_limit(), before.rlim_max);
  rlimit after{};
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &after), 0);
  EXPECT_EQ(after.rlim_cur, before.rlim_max);
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &before), 0);
}

}  // namespace
}  // namespace gatehouse::net
