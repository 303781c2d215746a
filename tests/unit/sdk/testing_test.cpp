// The drivers an author tests a plugin with, and through them the faces they drive.
#include <gtest/gtest.h>
#include <gatehouse/testing.hpp>

namespace gatehouse::testing {
namespace {

struct Echo {
  void run(ChatRequest request, Events& out) const {
    for (const Message message : request.messages()) {
      if (!out.text(message.text())) return;
    }
    out.finish("stop");
  }
};

TEST(LocalDriver, RunsAnEngine) {
  LocalDriver<Echo> engine;
  EXPECT_EQ(engine.run(Request().user("a").user("b")).status, GH_OK);
  EXPECT_EQ(engine.events().text(), "ab");
  EXPECT_EQ(engine.events().finish_reason(), "stop");
}

TEST(LocalDriver, SeesAnEngineStopWhenTheCallerLeaves) {
  LocalDriver<Echo> engine;
  engine.events().leave_after(1);
  EXPECT_EQ(engine.run(Request().user("a").user("b")).status, GH_ECANCELLED);
  EXPECT_EQ(engine.events().text(), "a");
}

TEST(LocalDriver, RefusesAConfigurationNobodyReads) { EXPECT_THROW(LocalDriver<Echo>(R"({"a":1})"), Error); }

struct Codec {
  struct Settings {};
  Codec(const Settings&, ChatRequest request) : model_(request.model()) {}
  void encode(Attempt attempt, Upstream out) {
    out.post(std::string(attempt.base_url()) + "/" + model_, Framing::sse).header("x-key", attempt.secret()).json("{}");
  }
  void decode(Frame frame, Events& out) {
    if (frame.http_status() >= 400) throw Error(GH_EUPSTREAM, std::string(600, 'e')).code("bad").http_status(502);
    out.original(frame.data());
    if (frame.last()) out.usage({1, 2, 0, 0, 0});
  }
  std::string model_;
};

TEST(CodecDriver, ShowsWhatIsSent) {
  CodecDriver<Codec> codec;
  ASSERT_EQ(codec.open(Request("gpt").user("hi")).status, GH_OK);
  const Sent sent = codec.encode("http://x", "secret");
  EXPECT_EQ(sent.outcome.status, GH_OK);
  EXPECT_EQ(sent.method, "POST");
  EXPECT_EQ(sent.url, "http://x/gpt");
  EXPECT_EQ(sent.framing, Framing::sse);
  EXPECT_EQ(sent.header("x-key"), "secret");
  EXPECT_EQ(sent.header("content-type"), "application/json");
  EXPECT_EQ(sent.body, "{}");
}

TEST(CodecDriver, CollectsEventsAndTheFrameThatCameWithThem) {
  CodecDriver<Codec> codec;
  codec.open(Request());
  codec.decode(R"({"id":1})");
  ASSERT_EQ(codec.events().all().size(), 1u);
  EXPECT_EQ(codec.events().all()[0].kind, static_cast<std::uint32_t>(GH_EVENT_TEXT));
  EXPECT_EQ(codec.events().all()[0].json, R"({"id":1})");
  codec.finish();
  EXPECT_EQ(codec.events().usage().output, 2u);
}

TEST(CodecDriver, SeesAnErrorCutToItsRoom) {
  CodecDriver<Codec> codec;
  codec.open(Request());
  const Outcome outcome = codec.decode("", 500);
  EXPECT_EQ(outcome.status, GH_EUPSTREAM);
  EXPECT_EQ(outcome.message(), std::string(sizeof(gh_error::message) - 1, 'e'));
  EXPECT_STREQ(outcome.error.code, "bad");
  EXPECT_EQ(outcome.error.http_status, 502u);
}

TEST(Error, SaysWhichFieldIsAtFault) {
  gh_error error{};
  error.size = sizeof error;
  gatehouse::detail::report(&error, Error(GH_EINVAL, "no").param("messages[2].content"));
  EXPECT_STREQ(error.param, "messages[2].content");
}

TEST(Error, LeavesAloneWhatAnOlderGatewayDoesNotHave) {
  gh_error error{};
  error.size = offsetof(gh_error, param);
  error.param[0] = '!';  // whatever lies behind an older gh_error
  gatehouse::detail::report(&error, Error(GH_EINVAL, "no").param("n"));
  EXPECT_STREQ(error.message, "no");
  EXPECT_STREQ(error.param, "!");
}

struct Stateless {
  Verdict on_request(ChatRequest request) const {
    return request.client().empty() ? deny("who", "Say who you are") : allow();
  }
  Verdict on_response(std::string_view text) const { return modify(std::string(text) + "!"); }
};

TEST(PolicyDriver, AsksAPolicyThatHasOnlyWhatItNeeds) {
  using Face = gatehouse::detail::PolicyFace<Stateless>;
  EXPECT_EQ(Face::vtable.begin, nullptr);
  EXPECT_EQ(Face::vtable.end, nullptr);
  EXPECT_EQ(Face::vtable.on_chunk, nullptr);
  EXPECT_EQ(Face::vtable.stream_mode, static_cast<std::uint32_t>(GH_STREAM_NONE));
  PolicyDriver<Stateless> policy;
  EXPECT_EQ(policy.on_request(Request().client("me")).value, static_cast<gh_verdict>(GH_ALLOW));
  EXPECT_EQ(policy.on_request(Request().client("")).code, "who");
  EXPECT_EQ(policy.on_response("hi").content, "hi!");
}

struct Watching {
  Verdict on_request(ChatRequest) const { return {}; }
  Verdict on_chunk(std::string_view) const { return allow(); }
};

TEST(PolicyDriver, TakesWindowsUnlessToldOtherwise) {
  EXPECT_EQ(gatehouse::detail::PolicyFace<Watching>::vtable.stream_mode, static_cast<std::uint32_t>(GH_STREAM_WINDOW));
}

TEST(PolicyDriver, AVerdictThatWasNotMadeIsAFailure) {
  PolicyDriver<Watching> policy;
  EXPECT_EQ(policy.on_request(Request()).value, static_cast<gh_verdict>(GH_FAILED));
}

struct Sink {
  void write(Records records) {
    for (const Record record : records) {
      if (record.json() == "full") throw std::runtime_error("no room");
    }
  }
};

TEST(LogSinkDriver, AsksForABatchAgainWhenTheSinkThrows) {
  LogSinkDriver<Sink> sink;
  EXPECT_EQ(sink.write({"{}", "{}"}).status, GH_OK);
  const Outcome outcome = sink.write({"full"});
  EXPECT_EQ(outcome.status, GH_ERETRY);
  EXPECT_EQ(outcome.message(), "no room");
  EXPECT_EQ(sink.flush().status, GH_OK);
}

}  // namespace
}  // namespace gatehouse::testing
