#include "modules/shadow/comparison.h"

#include <gtest/gtest.h>

#include "../../core/policy/scripted_policy.h"

namespace gatehouse::modules {
namespace {

using core::ScriptedPolicy;
using core::StreamMode;
using Kind = core::Verdict::Kind;
using Step = Transcript::Step;

class ComparisonTest : public testing::Test {
 protected:
  ComparisonTest() { seen.add(Step::request, {}, ScriptedPolicy::allow()); }

  core::ChatRequest request = core::a_request();
  Transcript seen{core::RequestView{request, "id-1", "client", "m", {}, request.json(), 7}};
  ScriptedPolicy shadow{"shadow"};
};

TEST_F(ComparisonTest, TheShadowSeesTheSameRequest) {
  shadow.request = [](const core::RequestView& view) {
    EXPECT_EQ(view.id, "id-1");
    EXPECT_EQ(view.client, "client");
    EXPECT_EQ(view.alias, "m");
    EXPECT_EQ(view.estimated_tokens, 7u);
    EXPECT_EQ(view.request.messages()[0].text, "x");
    return ScriptedPolicy::deny("no");
  };
  const std::vector<Compared> expected{{Step::request, Kind::allow, Kind::deny, false}};
  EXPECT_EQ(compare(shadow, seen), expected);
  EXPECT_EQ(shadow.open, 0);
}

TEST_F(ComparisonTest, TheSameVerdictsAreTheSameOnlyWithTheSameContent) {
  const auto verdict = [&](core::Verdict live, core::Verdict other) {
    Transcript one = seen;
    one.said[0].verdict = std::move(live);
    shadow.request = [other](const core::RequestView&) { return other; };
    return compare(shadow, one).at(0).same;
  };
  EXPECT_TRUE(verdict(ScriptedPolicy::allow(), ScriptedPolicy::allow()));
  EXPECT_TRUE(verdict(ScriptedPolicy::modify("a"), ScriptedPolicy::modify("a")));
  EXPECT_FALSE(verdict(ScriptedPolicy::modify("a"), ScriptedPolicy::modify("b")));
  EXPECT_TRUE(verdict(ScriptedPolicy::deny("a"), ScriptedPolicy::deny("a")));
  EXPECT_FALSE(verdict(ScriptedPolicy::deny("a"), ScriptedPolicy::deny("b")));
}

TEST_F(ComparisonTest, WhatTheShadowWouldHaveStoppedGoesNoFurther) {
  seen.add(Step::response, "text", ScriptedPolicy::allow());
  shadow.response = [](std::string_view) { return ScriptedPolicy::allow(); };
  EXPECT_EQ(compare(shadow, seen).size(), 2u);
  shadow.begins = false;
  const std::vector<Compared> expected{{Step::request, Kind::allow, Kind::failed, false}};
  EXPECT_EQ(compare(shadow, seen), expected);
}

TEST_F(ComparisonTest, AStreamIsOneVerdictTheGravest) {
  seen.mode = shadow.mode = StreamMode::delta;
  for (const char* piece : {"a", "b", "c"}) seen.add(Step::chunk, piece, ScriptedPolicy::allow());
  shadow.chunk = [](std::string_view text) {
    return text == "b" ? ScriptedPolicy::modify("B") : ScriptedPolicy::allow();
  };
  EXPECT_EQ(compare(shadow, seen).at(1), (Compared{Step::chunk, Kind::allow, Kind::modify, false}));
  shadow.chunk = [](std::string_view text) {
    return text == "b" ? ScriptedPolicy::deny("b") : ScriptedPolicy::allow();
  };
  shadow.seen.clear();
  EXPECT_EQ(compare(shadow, seen).at(1), (Compared{Step::chunk, Kind::allow, Kind::deny, false}));
  EXPECT_EQ(shadow.seen, (std::vector<std::string>{"a", "b"}));
}

TEST_F(ComparisonTest, PiecesAreJoinedForAShadowThatWantsWindows) {
  shadow.mode = StreamMode::window;
  for (const char* piece : {"se", "cr", "et"}) seen.add(Step::chunk, piece, ScriptedPolicy::allow());
  EXPECT_TRUE(compare(shadow, seen).at(1).same);
  EXPECT_EQ(shadow.seen, std::vector<std::string>{"secret"});
}

TEST_F(ComparisonTest, WhatIsTooLongIsNotKept) {
  Transcript one = seen;
  one.add(Step::response, std::string(Transcript::kMaxBytes, 'x'), ScriptedPolicy::allow());
  EXPECT_FALSE(one.whole);
  EXPECT_EQ(one.said.size(), 1u);
  EXPECT_TRUE(seen.whole);
}

}  // namespace
}  // namespace gatehouse::modules
