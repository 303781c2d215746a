// An answer's bytes mean the same however they are cut.
#include "net/upstream/answer_parser.h"

#include <gtest/gtest.h>

#include <string>

namespace gatehouse::net {
namespace {

class Body final : public core::UpstreamSink {
 public:
  core::Status on_head(const core::UpstreamHead&) override { return {}; }
  core::Status on_body(std::string_view bytes) override {
    text.append(bytes);
    return {};
  }
  std::string text;
};

// The body, or "refused"; what is not taken is offered again, with the next piece behind it.
std::string parsed(std::string_view bytes, std::size_t piece) {
  Body body;
  AnswerParser parser({"", "peer:1"}, body, false);
  std::string held;
  for (; !bytes.empty(); bytes.remove_prefix(std::min(piece, bytes.size()))) {
    held.append(bytes.substr(0, piece));
    const auto taken = parser.put(held);
    if (!taken.ok()) return "refused";
    held.erase(0, *taken);
  }
  return parser.done() ? body.text : "unfinished";
}

const std::string kHead = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n";

TEST(AnswerParser, ReadsChunksInPiecesOfEverySize) {
  for (std::size_t piece = 1; piece < 120; ++piece) {
    EXPECT_EQ(parsed(kHead + "2\r\nhe\r\n3;x=y\r\nllo\r\n0\r\n\r\n", piece), "hello") << piece;
    EXPECT_EQ(parsed(kHead + "5\r\nhello\r\n0\r\nx-trailer: 1\r\n\r\n", piece), "hello") << piece;
    EXPECT_EQ(parsed(kHead + "0\r\nno trailer\r\n\r\n", piece), "refused") << piece;
    EXPECT_EQ(parsed(kHead + "5\r\nhello\r\n0\r\n", piece), "unfinished") << piece;
  }
}

// A stream's last byte must not wait for the next event.
TEST(AnswerParser, PassesOnEveryByteOfAChunkAtOnce) {
  Body body;
  AnswerParser parser({"", "peer:1"}, body, false);
  ASSERT_EQ(*parser.put(kHead + "5\r\nhell"), kHead.size() + 7);
  ASSERT_EQ(*parser.put("o"), 1u);
  EXPECT_EQ(body.text, "hello");
}

}  // namespace
}  // namespace gatehouse::net
