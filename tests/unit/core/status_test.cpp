#include "core/status.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <tuple>

namespace gatehouse::core {
namespace {

struct Half {
  std::unique_ptr<int> number;
  std::string text;
};

Result<std::unique_ptr<int>> number(bool fine) {
  if (!fine) return Status(Code::denied, "no number");
  return std::make_unique<int>(7);
}

Result<Half> half(bool fine) {
  GH_ASSIGN(auto made, number(fine));
  return Half{std::move(made), "seven"};
}

TEST(Assign, HandsOnAValueThatCanOnlyBeMoved) {
  auto made = half(true);
  ASSERT_TRUE(made.ok());
  EXPECT_EQ(*made->number, 7);
}

TEST(Assign, ReturnsTheFailureWithAllItSays) {
  const auto made = half(false);
  ASSERT_FALSE(made.ok());
  EXPECT_EQ(made.status().code(), Code::denied);
  EXPECT_EQ(made.status().message(), "no number");
}

Status sum(bool fine, int& out) {
  GH_ASSIGN((const auto [one, text]), half(true));
  GH_ASSIGN(auto&& other, half(true));
  int third = 0;
  std::unique_ptr<int> there;
  GH_ASSIGN(there, number(fine));
  GH_ASSIGN(third, (Result<int>(*there)));
  out = *one + *other.number + third + static_cast<int>(text.size());
  return {};
}

TEST(Assign, DeclaresPartsAndReferencesAndFillsWhatIsThere) {
  int out = 0;
  ASSERT_TRUE(sum(true, out).ok());
  EXPECT_EQ(out, 7 + 7 + 7 + 5);
  out = 0;
  EXPECT_EQ(sum(false, out).code(), Code::denied);
  EXPECT_EQ(out, 0) << "what follows a failure is not run";
}

TEST(Assign, AsksItsExpressionOnce) {
  int asked = 0;
  const auto ask = [&]() -> Result<int> { return ++asked; };
  const auto use = [&]() -> Status {
    GH_ASSIGN(const int value, ask());
    return value == 1 ? Status() : Status(Code::internal, "asked twice");
  };
  EXPECT_TRUE(use().ok());
  EXPECT_EQ(asked, 1);
}

}  // namespace
}  // namespace gatehouse::core
