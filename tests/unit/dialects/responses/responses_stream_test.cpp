// What OpenAI's SDKs insist on, in every stream in golden/: a wrong expectation there is found here.
#include "dialects/sse_events.h"

namespace gatehouse::testing {
namespace {

TEST(ResponsesStream, EventsAreNumberedFromNought) {
  for (const auto& [reply, events] : streams_of("openai_responses")) {
    int next = 0;
    for (const SseEvent& event : events) {
      EXPECT_EQ(event.name, event.at("/type")) << reply;
      EXPECT_EQ(event.at("/sequence_number"), std::to_string(next++)) << reply;
    }
  }
}

TEST(ResponsesStream, AnItemIsAddedFilledAndDoneBeforeTheNextIsAdded) {
  for (const auto& [reply, events] : streams_of("openai_responses")) {
    int place = 0;
    bool open = false;
    for (const SseEvent& event : events) {
      if (event.at("/output_index").empty()) continue;
      EXPECT_EQ(event.at("/output_index"), std::to_string(place)) << reply << ": " << event.data;
      EXPECT_NE(event.name == "response.output_item.added", open) << reply << ": " << event.data;
      open = event.name != "response.output_item.done";
      if (!open) ++place;
    }
    EXPECT_EQ(open, events.back().name == "response.failed") << reply;
  }
}

TEST(ResponsesStream, TheLastEventRepeatsEveryItemThatIsDone) {
  for (const auto& [reply, events] : streams_of("openai_responses")) {
    std::string items;
    for (const SseEvent& event : events) {
      if (event.name != "response.output_item.done") continue;
      if (!items.empty()) items += ',';
      items += event.at("/item");
    }
    EXPECT_EQ(events.back().at("/response/output"), "[" + items + "]") << reply;
  }
}

}  // namespace
}  // namespace gatehouse::testing
