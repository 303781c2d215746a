// What Anthropic's SDKs insist on, in every stream in golden/: a wrong expectation there is found here.
#include "dialects/sse_events.h"

namespace gatehouse::testing {
namespace {

TEST(AnthropicStream, EveryEventHasItsTypeTwice) {
  for (const auto& [reply, events] : streams_of("anthropic_messages")) {
    for (const SseEvent& event : events) EXPECT_EQ(event.name, event.at("/type")) << reply;
  }
}

TEST(AnthropicStream, EveryBlockEndsBeforeTheNextBegins) {
  for (const auto& [reply, events] : streams_of("anthropic_messages")) {
    int next = 0;
    bool open = false;
    for (const SseEvent& event : events) {
      if (!event.name.starts_with("content_block_")) continue;
      const bool begins = event.name == "content_block_start";
      EXPECT_NE(begins, open) << reply << ": " << event.data;
      EXPECT_EQ(event.at("/index"), std::to_string(next)) << reply;
      open = event.name != "content_block_stop";
      if (!open) ++next;
    }
    EXPECT_EQ(open, events.back().name == "error") << reply;
  }
}

TEST(AnthropicStream, OnlyASignOfLifeMayComeBeforeTheMessage) {
  for (const auto& [reply, events] : streams_of("anthropic_messages")) {
    const auto first = std::find_if(events.begin(), events.end(), [](const auto& e) { return e.name != "ping"; });
    ASSERT_NE(first, events.end()) << reply;
    EXPECT_EQ(first->name, "message_start") << reply;
    EXPECT_EQ(first->at("/message/content"), "[]") << reply;
  }
}

}  // namespace
}  // namespace gatehouse::testing
