#include "core/request/rewrite.h"

#include <gtest/gtest.h>

namespace gatehouse::core {
namespace {

TEST(Rewrite, ChangesWhatItShouldAndNothingElse) {
  const auto request = ChatRequest::parse(
      PaddedBytes(R"({"client_id":"c","model":"alias","messages":[{"role":"user","content":"\u00e9"}],"t":1.50})"));
  ASSERT_TRUE(request.ok());
  const Change changes[] = {
      {"model", R"("real")"}, {"client_id", std::nullopt}, {"added", "[1]"}, {"absent", std::nullopt}};
  EXPECT_EQ(rewrite(*request, changes),
            R"({"model":"real","messages":[{"role":"user","content":"\u00e9"}],"t":1.50,"added":[1]})");
}

}  // namespace
}  // namespace gatehouse::core
