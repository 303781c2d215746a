#include <gtest/gtest.h>

#include "policy_question.h"

namespace gatehouse::testing {
namespace {

TEST(RequireClient, AsksForAName) {
  PluginInstance policy("require_client");
  EXPECT_EQ(ask(policy, Request().client("web")).value, GH_ALLOW);

  const Decision nobody = ask(policy, Request().client(""));
  EXPECT_EQ(nobody.value, GH_DENY);
  EXPECT_EQ(nobody.code, "client_required");
  EXPECT_EQ(nobody.text, "A client_id is required: send it in the body or as x-client-id");
}

TEST(RequireClient, LetsInOnlyTheListed) {
  PluginInstance policy("require_client", R"({"clients":["web","batch"]})");
  EXPECT_EQ(ask(policy, Request().client("batch")).value, GH_ALLOW);
  EXPECT_EQ(ask(policy, Request().client("")).code, "client_required");

  const Decision stranger = ask(policy, Request().client("webb"));
  EXPECT_EQ(stranger.value, GH_DENY);
  EXPECT_EQ(stranger.code, "client_not_allowed");
  EXPECT_EQ(stranger.text, "The client 'webb' may not use this gateway");
}

TEST(RequireClient, RefusesConfigurationsThatMakeNoSense) {
  EXPECT_EQ(refusal("require_client", R"({"clients":[]})"),
            "config.clients names nobody; leave it out to let every named client in");
  EXPECT_EQ(refusal("require_client", R"({"clients":"web"})"), "config.clients must be a list of texts, not text");
  EXPECT_EQ(refusal("require_client", R"({"client":["web"]})"),
            "config.client is not a known key; the known ones are clients");
}

}  // namespace
}  // namespace gatehouse::testing
