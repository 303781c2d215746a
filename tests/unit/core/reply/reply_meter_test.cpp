#include "core/reply/reply_meter.h"

#include <gtest/gtest.h>

#include "core/reply/reply_collector.h"

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
  EXPECT_EQ(meter.unreported().bytes, 2u);
  EXPECT_EQ(meter.unreported().pieces, 2u);
  pass(event(Event::Kind::text, "", 0));
  EXPECT_EQ(meter.unreported().pieces, 2u) << "an empty piece is none";
}

TEST_F(ReplyMeterTest, TheLastUsageCountsAndACountOfZeroIsNone) {
  EXPECT_FALSE(meter.usage().reported);
  Event usage = event(Event::Kind::usage, {});
  usage.usage.output = 3;
  pass(usage);
  EXPECT_FALSE(meter.usage().reported) << "it says nothing of the input";
  usage.usage.input = 5;
  usage.usage.output = 4;
  pass(usage);
  usage.usage.input = usage.usage.output = 0;
  pass(usage);
  EXPECT_TRUE(meter.usage().reported);
  EXPECT_EQ(meter.usage().input, 5u);
  EXPECT_EQ(meter.usage().output, 4u);
}

TEST_F(ReplyMeterTest, WhatIsMoreThanCanBeIsNotBelieved) {
  ReplyMeter doubting(collector, false, false, {.input = 1000, .answer = 100});
  const auto say = [&](const Usage& usage) {
    Event event;
    event.kind = Event::Kind::usage;
    event.usage = usage;
    ASSERT_TRUE(doubting.on_chunk({{&event, 1}, {}}).ok());
  };
  say({.input = 1000, .output = 100, .cached = 5000, .cache_write = 5000});
  EXPECT_FALSE(doubting.doubted());
  EXPECT_EQ(doubting.usage().cached, 1000u) << "never more than there is";
  EXPECT_EQ(doubting.usage().cache_write, 0u);
  say({.input = 20, .output = 5000, .reasoning = 4950});
  EXPECT_FALSE(doubting.doubted()) << "what reasoning takes is not bounded everywhere";
  EXPECT_EQ(doubting.usage().output, 5000u);
  say({.input = 1001, .output = 101});
  EXPECT_TRUE(doubting.doubted());
  EXPECT_EQ(doubting.usage().total(), 5020u) << "what was believed before stands";
  say({.input = UINT64_MAX, .output = UINT64_MAX, .reasoning = UINT64_MAX});
  EXPECT_EQ(doubting.usage().total(), 5020u);
}

TEST_F(ReplyMeterTest, APartIsNeverMoreThanItsWhole) {
  const auto say = [&](const Usage& usage) {
    Event event;
    event.kind = Event::Kind::usage;
    event.usage = usage;
    pass(event);
  };
  say({.input = 100, .output = 50, .cached = 10, .cache_write = 40, .reasoning = 20, .cache_write_1h = 30,
       .audio_input = 60, .image_input = 40, .audio_output = 30});
  EXPECT_EQ(meter.usage().cache_write_1h, 30u);
  EXPECT_EQ(meter.usage().audio_input, 60u);
  EXPECT_EQ(meter.usage().image_input, 40u);
  EXPECT_EQ(meter.usage().audio_output, 30u);
  constexpr std::uint64_t kAll = UINT64_MAX;
  say({.input = 100, .output = 50, .cached = kAll, .cache_write = kAll, .reasoning = 20, .cache_write_1h = kAll,
       .audio_input = kAll, .image_input = kAll, .audio_output = kAll});
  EXPECT_EQ(meter.usage().cache_write_1h, 0u) << "all of it was cached";
  EXPECT_EQ(meter.usage().audio_input, 100u);
  EXPECT_EQ(meter.usage().image_input, 0u);
  EXPECT_EQ(meter.usage().audio_output, 30u);
}

TEST_F(ReplyMeterTest, ItSpeaksWithAWordAToolOrAThought) {
  pass(event(Event::Kind::usage, {}));
  pass(event(Event::Kind::finish, "stop"));
  EXPECT_FALSE(meter.spoke());
  pass(event(Event::Kind::sealed, "x"));
  EXPECT_TRUE(meter.spoke());
}

TEST_F(ReplyMeterTest, WhatIsReportedCoversWhatCameWithItAndBefore) {
  ReplyMeter keeping(collector, false, true);
  const auto pass_all = [&](std::vector<Event> events) { ASSERT_TRUE(keeping.on_chunk({events, {}}).ok()); };
  Event usage = event(Event::Kind::usage, {});
  usage.usage.input = 5;
  pass_all({event(Event::Kind::reasoning, "hm, "), usage, event(Event::Kind::text, "one")});
  EXPECT_EQ(keeping.unreported().text, "hm, one") << "it was about the input alone";
  usage.usage.output = 2;
  pass_all({usage, event(Event::Kind::text, " two")});
  EXPECT_EQ(keeping.unreported().bytes, 0u);
  EXPECT_EQ(keeping.unreported().text, "");
  Event call = event(Event::Kind::tool_call, "{}");
  call.name = "f";
  pass_all({event(Event::Kind::text, " three"), call});
  EXPECT_EQ(keeping.unreported().text, " threef{}");
  EXPECT_EQ(keeping.unreported().bytes, 9u);
  EXPECT_EQ(keeping.usage().output, 2u);
}

TEST_F(ReplyMeterTest, TextIsKeptUpToABound) {
  ReplyMeter keeping(collector, false, true);
  const std::string piece(1000, 'x');
  const Event one = event(Event::Kind::text, piece);
  for (int i = 0; i < 100; ++i) ASSERT_TRUE(keeping.on_chunk({{&one, 1}, {}}).ok());
  EXPECT_EQ(keeping.unreported().bytes, 100'000u);
  EXPECT_EQ(keeping.unreported().text.size(), 65'000u);
  pass(one);
  EXPECT_EQ(meter.unreported().text, "") << "only where it is wanted";
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

// Lets so many bytes come, and no more.
struct Rope final : Allowance {
  Grant more(const Usage&, const Unreported& since) override {
    ++looks;
    return {since.bytes < most ? most - since.bytes : 0, 0};
  }
  std::uint64_t most = 4;
  int looks = 0;
};

TEST_F(ReplyMeterTest, AStreamThatMayNotGoOnIsEndedInEachChoiceAndItsProviderStopped) {
  Rope rope;
  ReplyMeter roped(collector, false, false, {}, &rope);
  const auto say = [&](const Event& event) { return roped.on_chunk({{&event, 1}, {}}); };
  EXPECT_TRUE(say(event(Event::Kind::text, "a", 0)).ok());
  EXPECT_TRUE(say(event(Event::Kind::text, "b", 1)).ok());
  EXPECT_EQ(rope.looks, 1) << "not for each chunk";
  EXPECT_FALSE(roped.ended_short());
  EXPECT_EQ(say(event(Event::Kind::text, "cd", 0)).code(), Code::rate_limited);
  EXPECT_TRUE(roped.ended_short());
  EXPECT_TRUE(roped.complete());
  EXPECT_EQ(roped.finish_reason(), "length");
  EXPECT_EQ(collector.reply().choices[0].text, "acd") << "what came is passed on";
  EXPECT_EQ(collector.reply().choices[0].finish_reason, "length");
  EXPECT_EQ(collector.reply().choices[1].finish_reason, "length");
  EXPECT_FALSE(say(event(Event::Kind::text, "e", 0)).ok());
  EXPECT_EQ(collector.reply().choices[0].text, "acd") << "and nothing after its end";
}

TEST_F(ReplyMeterTest, AStreamThatIsAtItsEndIsNotEnded) {
  Rope rope;
  ReplyMeter roped(collector, false, false, {}, &rope);
  const Event all[] = {event(Event::Kind::text, "abcdef"), event(Event::Kind::finish, "stop")};
  EXPECT_TRUE(roped.on_chunk({all, {}}).ok());
  EXPECT_EQ(roped.finish_reason(), "stop");
  EXPECT_FALSE(roped.ended_short());
}

}  // namespace
}  // namespace gatehouse::core
