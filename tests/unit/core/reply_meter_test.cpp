#include "core/reply_meter.h"

#include <gtest/gtest.h>

#include "core/reply_collector.h"

namespace gatehouse::core {
namespace {

Event event(Event::Kind kind, std::string_view text, std::uint32_t choice = 0) {
  Event made;
  made.kind = kind;
  made.text = text;
  made.choice = choice;
  return made;
}

class ReplyMeterTest : public testing::Test {
 protected:
  void pass(const Event& event) { ASSERT_TRUE(meter.on_chunk({{&event, 1}, {}}).ok()); }
  ReplyCollector collector;
  ReplyMeter meter{collector, true};
};

TEST_F(ReplyMeterTest, AReplyIsCompleteWhenEveryChoiceHasFinished) {
  EXPECT_FALSE(meter.complete());
  pass(event(Event::Kind::text, "a", 0));
  pass(event(Event::Kind::text, "b", 1));
  pass(event(Event::Kind::finish, "stop", 0));
  EXPECT_FALSE(meter.complete());
  pass(event(Event::Kind::finish, "length", 1));
  EXPECT_TRUE(meter.complete());
  EXPECT_EQ(meter.finish_reason(), "stop");
  EXPECT_EQ(meter.text(), "ab");
  EXPECT_EQ(meter.output_bytes(), 2u);
  EXPECT_EQ(meter.output_pieces(), 2u);
  pass(event(Event::Kind::text, "", 0));
  EXPECT_EQ(meter.output_pieces(), 2u) << "an empty piece is none";
}

TEST_F(ReplyMeterTest, TheLastUsageCountsAndZeroIsAUsage) {
  EXPECT_FALSE(meter.usage().reported);
  Event usage = event(Event::Kind::usage, {});
  usage.usage.input = 5;
  pass(usage);
  usage.usage.input = 0;
  pass(usage);
  EXPECT_TRUE(meter.usage().reported);
  EXPECT_EQ(meter.usage().total(), 0u);
}

TEST_F(ReplyMeterTest, TheCollectorPutsToolCallsTogether) {
  Event call = event(Event::Kind::tool_call, "{\"a\"");
  call.id = "c1";
  call.name = "f";
  pass(call);
  call = event(Event::Kind::tool_call, ":1}");
  pass(call);
  const ToolCall& made = collector.reply().choices.at(0).tool_calls.at(0);
  EXPECT_EQ(made.id + made.name + made.arguments, "c1f{\"a\":1}");
  Event wild = event(Event::Kind::tool_call, "x");
  wild.index = 4'000'000'000u;
  EXPECT_EQ(meter.on_chunk({{&wild, 1}, {}}).code(), Code::upstream_failed);
}

}  // namespace
}  // namespace gatehouse::core
