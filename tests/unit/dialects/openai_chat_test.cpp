// What a caller of chat completions may rely on, in every stream in golden/.
#include "provider_reply.h"
#include "sse_events.h"

namespace gatehouse::testing {
namespace {

TEST(OpenAiChat, UsageIsToldOnlyToThoseWhoAsked) {
  for (const auto& [reply, events] : streams_of("openai_chat")) {
    if (reply == "openai_whole") continue;  // an answer that came whole goes on whole
    const bool asked = ProviderReply(reply).request().include_usage();
    for (const SseEvent& event : events) {
      if (event.data == "[DONE]") continue;
      EXPECT_EQ(!event.at("/usage").empty(), asked) << reply << ": " << event.data;
    }
  }
}

TEST(OpenAiChat, AChunkInItsOwnShapeKeepsItsUnknownFields) {
  EXPECT_EQ(sse_events(read_file(golden("openai_chat/openai_chunks.sse")))[0].at("/z"), "1");
}

}  // namespace
}  // namespace gatehouse::testing
