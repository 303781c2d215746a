#include <gtest/gtest.h>

#include "policy_question.h"

namespace gatehouse::testing {
namespace {

constexpr const char* kConfig = R"({
  "disabled": ["legacy"],
  "allow": ["small", "legacy"],
  "deny": ["huge"],
  "clients": {
    "batch": {"allow": ["small", "huge"], "deny": []},
    "picky": {"deny": ["small"]},
    "lab": {"allow": ["huge"]},
    "closed": {"allow": []}
  }
})";

struct Row {
  const char* client;
  const char* model;
  const char* code;  // empty: allowed
};

class ModelAccess : public ::testing::TestWithParam<Row> {};

TEST_P(ModelAccess, Decides) {
  PluginInstance policy("model_access", kConfig);
  const Decision decision = ask(policy, Request().client(GetParam().client).alias(GetParam().model));
  EXPECT_EQ(decision.value, *GetParam().code == '\0' ? GH_ALLOW : GH_DENY);
  EXPECT_EQ(decision.code, GetParam().code);
}

INSTANTIATE_TEST_SUITE_P(Table, ModelAccess,
                         ::testing::Values(Row{"web", "small", ""},                     // the lists for everybody
                                           Row{"web", "other", "model_not_allowed"},    // not in allow
                                           Row{"web", "huge", "model_not_allowed"},     // in deny
                                           Row{"web", "legacy", "model_disabled"},      // disabled goes before allow
                                           Row{"", "small", ""},                        // nobody in particular
                                           Row{"", "huge", "model_not_allowed"},        //
                                           Row{"batch", "huge", ""},                    // both lists of its own
                                           Row{"batch", "other", "model_not_allowed"},  //
                                           Row{"batch", "legacy", "model_disabled"},    // for nobody means nobody
                                           Row{"picky", "small", "model_not_allowed"},  // deny goes before allow
                                           Row{"picky", "huge", "model_not_allowed"},   // allow is everybody's
                                           Row{"lab", "huge", "model_not_allowed"},     // deny is everybody's
                                           Row{"closed", "small", "model_not_allowed"}  // an empty list allows nothing
                                           ));

TEST(ModelAccessText, SaysWhoAndWhat) {
  PluginInstance policy("model_access", kConfig);
  EXPECT_EQ(ask(policy, Request().client("web").alias("legacy")).text, "The model 'legacy' is disabled");
  EXPECT_EQ(ask(policy, Request().client("web").alias("huge")).text, "The client 'web' may not use the model 'huge'");
  EXPECT_EQ(ask(policy, Request().client("").alias("huge")).text,
            "A caller without client_id may not use the model 'huge'");
}

TEST(ModelAccessText, WithoutListsEveryModelIsAllowed) {
  PluginInstance policy("model_access");
  EXPECT_EQ(ask(policy, Request().alias("anything")).value, GH_ALLOW);
}

TEST(ModelAccessText, RefusesConfigurationsThatMakeNoSense) {
  EXPECT_EQ(refusal("model_access", R"({"clients":["batch"]})"),
            "config.clients must be a map of names to maps, not a list");
  EXPECT_EQ(refusal("model_access", R"({"clients":{"batch":["small"]}})"),
            "config.clients.batch must be a map, not a list");
  EXPECT_EQ(refusal("model_access", R"({"clients":{"batch":{"allow":"small"}}})"),
            "config.clients.batch.allow must be a list of texts, not text");
  EXPECT_EQ(refusal("model_access", R"({"clients":{"batch":{"alow":["small"]}}})"),
            "config.clients.batch.alow is not a known key; the known ones are allow, deny");
}

}  // namespace
}  // namespace gatehouse::testing
