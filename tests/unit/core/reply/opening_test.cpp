#include "core/reply/opening.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace gatehouse::core {
namespace {

struct Caller final : ReplySink {
  Status on_chunk(const Chunk& chunk) override {
    std::string& line = heard.emplace_back(chunk.json);
    for (const Event& event : chunk.events) line.append("|").append(event.text).append(event.name);
    return heard.size() == fails_at ? Status(Code::client_gone, "nobody reads") : Status();
  }
  std::vector<std::string> heard;
  std::size_t fails_at = 0;
};

class OpeningTest : public testing::Test {
 protected:
  Status pass(const std::string& json, std::vector<Event> events = {}) {
    const std::string copy = json;  // gone when the call is over
    return opening.on_chunk({events, copy});
  }
  static Event event(Event::Kind kind, std::string_view text = {}) {
    Event event;
    event.kind = kind;
    event.text = text;
    return event;
  }
  Caller caller;
  Opening opening{caller};
};

TEST_F(OpeningTest, WhatComesBeforeTheFirstWordIsHeldAndPassedOnWithIt) {
  EXPECT_TRUE(pass("a role").ok());
  EXPECT_TRUE(pass("a usage", {event(Event::Kind::usage)}).ok());
  EXPECT_TRUE(caller.heard.empty());
  EXPECT_FALSE(opening.over());
  EXPECT_TRUE(pass("a word", {event(Event::Kind::text, "hello")}).ok());
  EXPECT_EQ(caller.heard, (std::vector<std::string>{"a role", "a usage|", "a word|hello"}));
  EXPECT_TRUE(opening.over());
  EXPECT_TRUE(pass("more").ok());
  EXPECT_EQ(caller.heard.back(), "more");
}

TEST_F(OpeningTest, EveryKindOfAnswerEndsIt) {
  for (const auto kind : {Event::Kind::text, Event::Kind::tool_call, Event::Kind::reasoning, Event::Kind::sealed,
                          Event::Kind::finish}) {
    Opening one(caller);
    const Event spoken = event(kind);
    EXPECT_TRUE(one.on_chunk({{&spoken, 1}, {}}).ok());
    EXPECT_TRUE(one.over()) << static_cast<int>(kind);
  }
}

TEST_F(OpeningTest, AnAnswerThatAFilterKeptBackIsHeldToItsEnd) {
  EXPECT_TRUE(pass("a role").ok());
  EXPECT_TRUE(pass("its end", {event(Event::Kind::finish, "content_filter")}).ok());
  EXPECT_TRUE(pass("a usage", {event(Event::Kind::usage)}).ok());
  EXPECT_FALSE(opening.over());
  EXPECT_TRUE(caller.heard.empty());
  EXPECT_TRUE(opening.end().ok());
  EXPECT_EQ(caller.heard, (std::vector<std::string>{"a role", "its end|content_filter", "a usage|"}));
  EXPECT_TRUE(opening.over());
  EXPECT_TRUE(opening.end().ok());
  EXPECT_EQ(caller.heard.size(), 3u) << "once";
}

TEST_F(OpeningTest, AnotherChoicesWordsLetTheFiltersFinishPass) {
  EXPECT_TRUE(pass("one", {event(Event::Kind::finish, "content_filter")}).ok());
  EXPECT_TRUE(pass("two", {event(Event::Kind::text, "hello")}).ok());
  EXPECT_EQ(caller.heard, (std::vector<std::string>{"one|content_filter", "two|hello"}));
}

TEST_F(OpeningTest, NobodyFillsTheMemoryWithHellos) {
  int count = 0;
  while (!opening.over() && ++count < 1000) EXPECT_TRUE(pass(std::string(1000, 'x')).ok());
  EXPECT_LT(count, 70);
  EXPECT_EQ(caller.heard.size(), static_cast<std::size_t>(count));
}

TEST_F(OpeningTest, ACallerWhoLeavesIsNoticedWithTheFirstWord) {
  caller.fails_at = 1;
  EXPECT_TRUE(pass("a role").ok());
  EXPECT_EQ(pass("a word", {event(Event::Kind::text, "hello")}).code(), Code::client_gone);
}

}  // namespace
}  // namespace gatehouse::core
