#include "core/reply/framing.h"

#include <gtest/gtest.h>

#include <vector>

namespace gatehouse::core {
namespace {

class Frames final : public FrameSink {
 public:
  Status on_frame(const Frame& frame) override {
    seen.push_back(std::string(frame.event) + "|" + std::string(frame.data) + (frame.last ? "|last" : ""));
    return {};
  }
  std::vector<std::string> seen;
};

using Expected = std::vector<std::string>;

Expected frames(Framing framing, std::string_view bytes, std::size_t split) {
  Frames sink;
  Framer framer(framing);
  EXPECT_TRUE(framer.feed(bytes.substr(0, split), sink).ok());
  EXPECT_TRUE(framer.feed(bytes.substr(split), sink).ok());
  EXPECT_TRUE(framer.finish(sink).ok());
  return sink.seen;
}

void expect_in_every_split(Framing framing, std::string_view bytes, const Expected& expected) {
  for (std::size_t split = 0; split <= bytes.size(); ++split)
    EXPECT_EQ(frames(framing, bytes, split), expected) << split;
  Frames bytewise;
  Framer framer(framing);
  for (const char& byte : bytes) EXPECT_TRUE(framer.feed({&byte, 1}, bytewise).ok());
  EXPECT_TRUE(framer.finish(bytewise).ok());
  EXPECT_EQ(bytewise.seen, expected);
}

TEST(Framer, ServerSentEvents) {
  expect_in_every_split(Framing::sse,
                        "\xEF\xBB\xBF: comment\r\ndata: one\r\n\r\n"
                        "event: named\ndata:two\ndata: lines\nid: 7\nretry: 1\n\n"
                        "data: three\r\rdata\n\nnothing: here\n\ndata: [DONE]\n\n",
                        {"|one", "named|two\nlines", "|three", "|", "|[DONE]", "||last"});
}

TEST(Framer, AnEventWithoutItsLastBlankLine) {
  expect_in_every_split(Framing::sse, "data: a\n\ndata: b", {"|a", "|b", "||last"});
  expect_in_every_split(Framing::sse, "data: a\n\ndata: b\n", {"|a", "|b", "||last"});
}

TEST(Framer, Lines) {
  expect_in_every_split(Framing::lines, "{\"a\":1}\r\n\n{\"b\":2}", {"|{\"a\":1}", "|{\"b\":2}", "||last"});
}

TEST(Framer, Body) { expect_in_every_split(Framing::body, "{\"a\":\n1}", {"|{\"a\":\n1}|last"}); }

TEST(Framer, ThePartOfAFrame) {
  const auto part = [](Framing framing, std::string_view bytes) {
    Frames sink;
    Framer framer(framing);
    EXPECT_TRUE(framer.feed(bytes, sink).ok());
    return std::string(framer.part());
  };
  EXPECT_EQ(part(Framing::body, "{"), "{");
  EXPECT_EQ(part(Framing::body, " \r\n"), "");  // some keep a connection busy so
  EXPECT_EQ(part(Framing::lines, "{\"a\":1}\n{"), "{");
  EXPECT_EQ(part(Framing::lines, "{\"a\":1}\n"), "");
  EXPECT_EQ(part(Framing::sse, "data: a"), "data: a");
  EXPECT_EQ(part(Framing::sse, "data: a\n"), "a");
  EXPECT_EQ(part(Framing::sse, "data: a\n\n"), "");
  EXPECT_EQ(part(Framing::sse, ": thinking\n\n: think"), "");
}

TEST(Framer, EmptyAnswers) {
  expect_in_every_split(Framing::body, "", {"||last"});
  expect_in_every_split(Framing::sse, "", {"||last"});
}

TEST(Framer, AFramePastTheLimitFails) {
  for (const Framing framing : {Framing::body, Framing::sse, Framing::lines}) {
    Frames sink;
    Framer framer(framing, 100);
    Status status;
    for (int i = 0; i < 200 && status.ok(); ++i) status = framer.feed("x", sink);
    EXPECT_EQ(status.code(), Code::upstream_failed);
  }
}

TEST(Framer, ManyDataLinesCountTogether) {
  Frames sink;
  Framer framer(Framing::sse, 100);
  Status status;
  for (int i = 0; i < 200 && status.ok(); ++i) status = framer.feed("data: x\n", sink);
  EXPECT_EQ(status.code(), Code::upstream_failed);
}

}  // namespace
}  // namespace gatehouse::core
