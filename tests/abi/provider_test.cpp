// Provider plugins through core::Provider, with a transport that answers from memory.
#include "modules/adapters/provider.h"

#include "plugins_fixture.h"

namespace gatehouse::modules {
namespace {

const char* const kTwoMessages =
    R"({"model":"m","messages":[{"role":"system","content":"be brief"},{"role":"user","content":"hello"}]})";

// Answers every request with one body, and keeps the request.
class FakeTransport final : public core::Transport {
 public:
  core::Status send(const core::UpstreamRequest& request, const core::Timeouts&, core::Cancellation&,
                    core::UpstreamSink& sink, core::UpstreamTrace&) override {
    sent = request;
    sent_body = request.body;
    core::UpstreamHead head;
    head.status = status;
    GH_TRY(sink.on_head(head));
    return sink.on_body(answer);
  }

  int status = 200;
  std::string answer = R"({"text":"hello there"})";
  core::UpstreamRequest sent;
  std::string sent_body;
};

struct Caller final : core::Cancellation {
  std::span<const core::Watch> watches() const override { return {}; }
  core::Status check() override {
    return gone ? core::Status(core::Code::client_gone, "the caller has left") : core::Status();
  }
  bool gone = false;
};

struct ReplyText final : core::ReplySink {
  core::Status on_chunk(const core::Chunk& chunk) override {
    ++chunks;
    json += chunk.json;
    for (const core::Event& event : chunk.events) {
      if (event.kind == core::Event::Kind::text) text += event.text;
      if (event.kind == core::Event::Kind::usage) usage = event.usage;
      if (event.kind == core::Event::Kind::finish) finish = event.text;
    }
    return refuse ? core::Status(core::Code::denied, "no more of that") : core::Status();
  }
  std::string text, finish, json;
  core::Usage usage;
  int chunks = 0;
  bool refuse = false;
};

struct Exchange {
  core::Status ask(core::Provider& provider) {
    const core::Attempt attempt{request.view(), 2, {}, transport, caller, trace, upstream_status};
    return provider.answer(attempt, reply);
  }
  TestRequest request{kTwoMessages};
  FakeTransport transport;
  Caller caller;
  core::UpstreamTrace trace;
  int upstream_status = 0;
  ReplyText reply;
};

CodecProvider codec(const std::string& name, std::string_view config = "{}") {
  return CodecProvider(*create(name, GH_PROVIDER_CODEC_1, config), {"http://upstream", "secret-key", {}});
}

class CodecTest : public testing::TestWithParam<const char*> {};

TEST_P(CodecTest, SendsWhatTheCodecWants) {
  Exchange exchange;
  auto provider = codec(GetParam());
  ASSERT_TRUE(exchange.ask(provider).ok());
  EXPECT_EQ(exchange.transport.sent.method, "POST");
  EXPECT_EQ(exchange.transport.sent.url, "http://upstream/model-1/2");
  const std::pair<std::string, std::string> authorization("authorization", "Bearer secret-key");
  EXPECT_EQ(exchange.transport.sent.headers.at(0), authorization);
  EXPECT_EQ(exchange.transport.sent_body, kTwoMessages);
}

TEST_P(CodecTest, PassesOnTheAnswerAsOneChunk) {
  Exchange exchange;
  auto provider = codec(GetParam());
  ASSERT_TRUE(exchange.ask(provider).ok());
  EXPECT_EQ(exchange.reply.chunks, 1);
  EXPECT_EQ(exchange.reply.text, "hello there and a text too long to be kept in place");
  EXPECT_EQ(exchange.reply.json, exchange.transport.answer);
  EXPECT_EQ(exchange.reply.finish, "stop");
  EXPECT_EQ(exchange.reply.usage.input, 7u);
  EXPECT_EQ(exchange.reply.usage.output, 3u);
  EXPECT_EQ(exchange.reply.usage.cached, 2u);
  EXPECT_EQ(exchange.reply.usage.cache_write, 1u);
  EXPECT_EQ(exchange.reply.usage.reasoning, 1u);
  EXPECT_EQ(exchange.reply.usage.cache_write_1h, 1u);
  EXPECT_EQ(exchange.reply.usage.audio_input, 2u);
  EXPECT_EQ(exchange.reply.usage.image_input, 3u);
  EXPECT_EQ(exchange.reply.usage.audio_output, 2u);
  EXPECT_TRUE(exchange.reply.usage.reported);
}

TEST_P(CodecTest, KeepsWhatTheCodecSaysOfAnError) {
  Exchange exchange;
  exchange.transport.status = 503;
  auto provider = codec(GetParam());
  const core::Status status = exchange.ask(provider);
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.code(), core::Code::rate_limited);
  EXPECT_EQ(status.failure().http_status, 429);
  EXPECT_EQ(status.failure().reason, "rate_limited");
  EXPECT_EQ(status.failure().retry_after, std::chrono::milliseconds(1500));
  EXPECT_FALSE(status.failure().retry_useless);
  EXPECT_EQ(exchange.upstream_status, 503);
}

TEST_P(CodecTest, FailsWithTheReasonWhenItThrows) {
  for (const std::string where : {"open", "encode", "decode"}) {
    Exchange exchange;
    auto provider = codec(GetParam(), R"({"fail":")" + where + "\"}");
    const core::Status status = exchange.ask(provider);
    ASSERT_FALSE(status.ok()) << where;
    EXPECT_EQ(status.code(), core::Code::internal) << where;
    EXPECT_EQ(status.message(), std::string(GetParam()) + ": thrown in " + where);
  }
}

TEST_P(CodecTest, SurvivesAThrownInt) {
  Exchange exchange;
  auto provider = codec(GetParam(), R"({"fail":"decode","what":"int"})");
  EXPECT_NE(exchange.ask(provider).message().find("not a std::exception"), std::string::npos);
}

TEST_P(CodecTest, IsRefusedWhenItThrowsInCreate) {
  const auto exception = create(GetParam(), GH_PROVIDER_CODEC_1, R"({"fail":"create"})");
  ASSERT_FALSE(exception.ok());
  EXPECT_EQ(exception.status().message(), std::string(GetParam()) + ": thrown in create");
  const auto integer = create(GetParam(), GH_PROVIDER_CODEC_1, R"({"fail":"create","what":"int"})");
  ASSERT_FALSE(integer.ok());
  EXPECT_NE(integer.status().message().find("not a std::exception"), std::string::npos);
}

TEST_P(CodecTest, IsRefusedForAKeyItDoesNotKnow) {
  const auto refused = create(GetParam(), GH_PROVIDER_CODEC_1, R"({"failure":"create"})");
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.status().code(), core::Code::config);
  EXPECT_EQ(refused.status().message(),
            std::string(GetParam()) + ": config.failure is not a known key; the known ones are fail, what");
}

INSTANTIATE_TEST_SUITE_P(Builds, CodecTest,
                         testing::Values("codec", "codec_O0", "codec_O3", "codec_cpp17", "codec_static", "codec_clang"),
                         [](const auto& test) { return std::string(test.param); });

TEST(CodecProvider, StopsWhenTheSinkRefuses) {
  Exchange exchange;
  exchange.reply.refuse = true;
  auto provider = codec("codec");
  EXPECT_EQ(exchange.ask(provider).code(), core::Code::denied);
}

TEST(LocalProvider, InRustAnswers) {
  Exchange exchange;
  LocalProvider provider(*create("rust", GH_PROVIDER_LOCAL_1));
  ASSERT_TRUE(exchange.ask(provider).ok());
  EXPECT_EQ(exchange.reply.text, "2 messages");
  EXPECT_EQ(exchange.reply.finish, "stop");
  EXPECT_EQ(exchange.reply.chunks, 2);
}

TEST(LocalProvider, StopsWhenTheSinkRefusesOrTheCallerHasLeft) {
  LocalProvider provider(*create("rust", GH_PROVIDER_LOCAL_1));
  Exchange refused;
  refused.reply.refuse = true;
  EXPECT_EQ(refused.ask(provider).code(), core::Code::denied);
  EXPECT_EQ(refused.reply.chunks, 1);
  Exchange left;
  left.caller.gone = true;
  EXPECT_EQ(left.ask(provider).code(), core::Code::client_gone);
  EXPECT_EQ(left.reply.chunks, 0);
}

}  // namespace
}  // namespace gatehouse::modules
