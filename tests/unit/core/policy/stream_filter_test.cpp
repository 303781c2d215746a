#include "core/policy/stream_filter.h"

#include <gtest/gtest.h>

#include "scripted_policy.h"

namespace gatehouse::core {
namespace {

class Caller final : public ReplySink {
 public:
  Status on_chunk(const Chunk& chunk) override {
    for (const Event& event : chunk.events) {
      if (event.kind == Event::Kind::text) text.append(event.text);
      if (event.kind == Event::Kind::finish) finished = true;
    }
    json.append(chunk.json);
    return {};
  }
  std::string text;
  std::string json;
  bool finished = false;
};

class StreamFilterTest : public testing::Test {
 protected:
  StreamFilterTest() { chain = {policy}; }

  void start() {
    run.emplace(chain);
    ASSERT_TRUE(run->on_request(request, {request, "id", "client", "m", {}, {}, 0}).ok());
    filter.emplace(*run, caller);
  }
  Status say(std::string_view text, std::string_view json = {}) {
    Event event;
    event.text = text;
    return filter->on_chunk({{&event, 1}, json});
  }
  Status finish() {
    Event event;
    event.kind = Event::Kind::finish;
    event.text = "stop";
    return filter->on_chunk({{&event, 1}, {}});
  }

  std::shared_ptr<ScriptedPolicy> policy = std::make_shared<ScriptedPolicy>("policy");
  PolicyChain chain;
  ChatRequest request = a_request();
  std::optional<PolicyRun> run;
  Caller caller;
  std::optional<StreamFilter> filter;
};

TEST_F(StreamFilterTest, WithoutAWatcherChunksPassUntouched) {
  start();
  EXPECT_TRUE(say("a", "{json}").ok());
  EXPECT_EQ(caller.text, "a");
  EXPECT_EQ(caller.json, "{json}");
}

TEST_F(StreamFilterTest, DeltasArePassedRewrittenOrStopped) {
  policy->mode = StreamMode::delta;
  policy->chunk = [](std::string_view text) {
    if (text == "bad") return ScriptedPolicy::deny("bad_word");
    return text == "b" ? ScriptedPolicy::modify("*") : ScriptedPolicy::allow();
  };
  start();
  EXPECT_TRUE(say("a", "{kept}").ok());
  EXPECT_TRUE(say("b", "{dropped, it shows the b}").ok());
  EXPECT_EQ(caller.text, "a*");
  EXPECT_EQ(caller.json, "{kept}");
  EXPECT_EQ(say("bad").failure().reason, "bad_word");
  EXPECT_EQ(caller.text, "a*");
}

TEST_F(StreamFilterTest, NothingHidesAcrossTheBorderOfAWindow) {
  policy->mode = StreamMode::window;
  policy->chunk = [](std::string_view text) {
    return text.find("forbidden") == text.npos ? ScriptedPolicy::allow() : ScriptedPolicy::deny("forbidden_word");
  };
  const std::string filler(StreamWindow::kWindow - 4, 'x');
  start();
  EXPECT_TRUE(say(filler).ok());
  EXPECT_TRUE(say("forb").ok());  // the window is full, and ends inside the word
  EXPECT_LT(caller.text.size(), filler.size());
  const Status first = say("idden");
  const Status status = first.ok() ? finish() : first;
  EXPECT_EQ(status.code(), Code::denied);
  EXPECT_EQ(caller.text.find("forb"), std::string::npos);
}

TEST_F(StreamFilterTest, WindowsRewriteWhatHasNotLeft) {
  policy->mode = StreamMode::window;
  policy->chunk = [](std::string_view text) {
    std::string clean(text);
    for (std::size_t at; (at = clean.find("secret")) != clean.npos;) clean.replace(at, 6, "[gone]");
    return clean == text ? ScriptedPolicy::allow() : ScriptedPolicy::modify(clean);
  };
  start();
  std::string said;
  for (int i = 0; i < 700; ++i) {
    const std::string_view piece = i % 100 == 50 ? "secret " : "plain ";
    said.append(piece);
    ASSERT_TRUE(say(piece).ok());
  }
  ASSERT_TRUE(finish().ok());
  EXPECT_TRUE(caller.finished);
  for (std::size_t at; (at = said.find("secret")) != said.npos;) said.replace(at, 6, "[gone]");
  EXPECT_EQ(caller.text, said);
}

TEST_F(StreamFilterTest, AWindowNeverCutsACharacter) {
  policy->mode = StreamMode::window;
  start();
  std::string said;
  for (int i = 0; i < 1000; ++i) {
    const std::size_t before = caller.text.size();
    ASSERT_TRUE(say("\u20ac").ok());  // three bytes
    said.append("\u20ac");
    EXPECT_EQ((caller.text.size() - before) % 3, 0u);
  }
  ASSERT_TRUE(finish().ok());
  EXPECT_EQ(caller.text, said);
}

TEST_F(StreamFilterTest, AShortAnswerIsSeenWholeAtItsEnd) {
  policy->mode = StreamMode::window;
  start();
  EXPECT_TRUE(say("one ").ok());
  EXPECT_TRUE(say("two").ok());
  EXPECT_EQ(caller.text, "");
  EXPECT_TRUE(finish().ok());
  EXPECT_EQ(caller.text, "one two");
  EXPECT_EQ(policy->seen, std::vector<std::string>{"one two"});
}

}  // namespace
}  // namespace gatehouse::core
