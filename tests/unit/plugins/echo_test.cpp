#include <chrono>

#include <gtest/gtest.h>

#include "loaded_plugin.h"

namespace gatehouse::testing {
namespace {

Outcome run(PluginInstance& echo, const Request& request, FakeEvents& events) {
  return Outcome::of(
      [&](gh_error* error) { return echo.table<gh_local>().run(echo.raw(), request.raw(), events.raw(), error); });
}

std::vector<std::string> pieces(const FakeEvents& events) {
  std::vector<std::string> texts;
  for (const auto& event : events.all()) {
    if (event.kind == GH_EVENT_TEXT) texts.push_back(event.text);
  }
  return texts;
}

TEST(Echo, RepeatsTheLastUserMessageWordByWord) {
  PluginInstance echo("echo");
  FakeEvents events;
  const Request request =
      Request().user("first").message("assistant", "x").user(" one  two\nthree ").message("tool", "y");
  ASSERT_EQ(run(echo, request, events).status, GH_OK);
  EXPECT_EQ(pieces(events), (std::vector<std::string>{" one", "  two", "\nthree "}));
  EXPECT_EQ(events.finish_reason(), "stop");
  EXPECT_EQ(events.usage().input, 6u);   // 5 + 1 + 17 + 1 bytes, by four
  EXPECT_EQ(events.usage().output, 5u);  // 4, 5 and 7 bytes, each by four
}

TEST(Echo, HasNothingToSayToNothing) {
  PluginInstance echo("echo");
  for (const Request& request : {Request(), Request().message("system", "be brief"), Request().user("")}) {
    FakeEvents events;
    ASSERT_EQ(run(echo, request, events).status, GH_OK);
    EXPECT_EQ(events.text(), "");
    EXPECT_EQ(events.usage().output, 0u);
    EXPECT_EQ(events.finish_reason(), "stop");
  }
}

struct Cut {
  const char* fields;
  const char* text;
  const char* reason;
};

TEST(Echo, IsCutAtMaxTokens) {
  PluginInstance echo("echo");
  for (const Cut& cut : {Cut{R"("max_tokens":3)", "a b c", "stop"}, Cut{R"("max_tokens":2)", "a b", "length"},
                         Cut{R"("max_completion_tokens":1,"max_tokens":9)", "a", "length"},
                         Cut{R"("max_tokens":0)", "", "length"}, Cut{R"("max_tokens":null)", "a b c", "stop"}}) {
    FakeEvents events;
    const Request request = Request().user("a b c").json("{" + std::string(cut.fields) + "}");
    ASSERT_EQ(run(echo, request, events).status, GH_OK);
    EXPECT_EQ(events.text(), cut.text) << cut.fields;
    EXPECT_EQ(events.finish_reason(), cut.reason) << cut.fields;
  }
}

TEST(Echo, TakesItsTime) {
  PluginInstance echo("echo", R"({"delay":"30ms"})");
  FakeEvents events;
  const auto begin = std::chrono::steady_clock::now();
  ASSERT_EQ(run(echo, Request().user("one two three"), events).status, GH_OK);
  EXPECT_GE(std::chrono::steady_clock::now() - begin, std::chrono::milliseconds(90));
  EXPECT_EQ(events.text(), "one two three");
}

TEST(Echo, StopsInTheMiddleOfADelayWhenTheCallerLeaves) {
  PluginInstance echo("echo", R"({"delay":"1h"})");
  FakeEvents events;
  events.leave_after(3);
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_EQ(run(echo, Request().user("one two"), events).status, GH_ECANCELLED);
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(30));
}

}  // namespace
}  // namespace gatehouse::testing
