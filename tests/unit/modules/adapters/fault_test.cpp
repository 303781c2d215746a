#include "modules/adapters/fault.h"

#include <gtest/gtest.h>

namespace gatehouse::modules {
namespace {

constexpr const char* kGood = R"({"choices":[{"message":{"content":"hello"}}]})";

TEST(FaultTest, BeforeTheProviderSpokeItIsThePluginsUnlessTheRequestIsToBlame) {
  for (const gh_status status : {GH_ECONFIG, GH_EUPSTREAM, GH_ERETRY, GH_EINTERNAL}) EXPECT_TRUE(is_own_fault(status));
  for (const gh_status status : {GH_OK, GH_EINVAL, GH_ECANCELLED}) EXPECT_FALSE(is_own_fault(status));
  EXPECT_TRUE(is_own_fault(77)) << "no status that there is";
}

TEST(FaultTest, AProvidersRefusalIsItsOwn) {
  for (const int http_status : {301, 400, 401, 404, 429, 500, 503, 529}) {
    EXPECT_FALSE(is_own_fault(GH_EUPSTREAM, http_status, {{}, kGood, true}));
    EXPECT_FALSE(is_own_fault(GH_ERETRY, http_status, {{}, "<html>", true}));
    EXPECT_TRUE(is_own_fault(GH_EINTERNAL, http_status, {{}, kGood, true}));
  }
}

TEST(FaultTest, AGoodAnswerThatCannotBeReadIsThePlugins) {
  EXPECT_TRUE(is_own_fault(GH_EUPSTREAM, 200, {{}, kGood, true}));
  EXPECT_TRUE(is_own_fault(GH_ERETRY, 201, {{}, kGood, false}));
}

TEST(FaultTest, AnErrorOrNonsenseInAGoodAnswerIsTheProviders) {
  for (const char* data : {R"({"error":{"message":"boom"}})", R"({"object":"error"})", "<html>", "{\"choices\":[", ""})
    EXPECT_FALSE(is_own_fault(GH_EUPSTREAM, 200, {{}, data, true})) << data;
  EXPECT_FALSE(is_own_fault(GH_EUPSTREAM, 200, {"error", R"({"message":"boom"})", false}));
}

}  // namespace
}  // namespace gatehouse::modules
