#include "limits/tokens/ratios.h"

#include <gtest/gtest.h>

namespace gatehouse::limits {
namespace {

TEST(Ratios, AModelNobodyKnowsIsTakenAtItsGuess) {
  Ratios ratios;
  EXPECT_EQ(ratios.corrected("m", 100), 100u);
  ratios.learn("another", 100, 200);
  EXPECT_EQ(ratios.corrected("m", 100), 100u);
}

TEST(Ratios, ApproachesWhatIsReportedFromBothSides) {
  Ratios ratios;
  ratios.learn("m", 1000, 2000);
  EXPECT_EQ(ratios.corrected("m", 1000), 1063u) << "a sixteenth of the way";
  for (int i = 0; i < 300; ++i) ratios.learn("m", 1000, 2000);
  EXPECT_EQ(ratios.corrected("m", 1000), 2000u);
  for (int i = 0; i < 300; ++i) ratios.learn("m", 1000, 500);
  EXPECT_EQ(ratios.corrected("m", 1000), 500u);
}

TEST(Ratios, StayWithinReasonAndLearnNothingFromLittle) {
  Ratios ratios;
  for (int i = 0; i < 300; ++i) ratios.learn("m", 19, 190);
  EXPECT_EQ(ratios.corrected("m", 19), 19u);
  for (int i = 0; i < 300; ++i) ratios.learn("m", 100, ~0ull);
  EXPECT_EQ(ratios.corrected("m", 100), 400u);
  for (int i = 0; i < 300; ++i) ratios.learn("m", 100, 0);
  EXPECT_EQ(ratios.corrected("m", 100), 25u);
  EXPECT_EQ(ratios.corrected("m", ~0ull), ~0ull) << "nothing overflows";
}

}  // namespace
}  // namespace gatehouse::limits
