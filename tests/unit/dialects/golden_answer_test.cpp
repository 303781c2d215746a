// What every dialect's caller gets for a provider's reply, whole and streamed, and for a failure. The files are those
// of dialect_golden.h.
#include "dialect_golden.h"
#include "provider_reply.h"

namespace gatehouse::testing {
namespace {

using DialectReply = DialectGolden;
using DialectVectors = DialectGolden;
using DialectFailures = DialectGolden;

const dialects::AnswerHead kHead{"gw-req-1", "default-chat", "remote", "the-model", 7, "caller-1"};

std::vector<Case> every_reply_in_each_dialect() {
  std::vector<Case> cases;
  for (const std::string& dialect : kChats) {
    for (const std::string& name : names("replies", ".jsonl")) cases.emplace_back(dialect, name);
  }
  return cases;
}

std::string error_answer(const Dialect& dialect, const core::Status& status) {
  std::string body;
  dialect.error(status, kHead.request_id, body);
  return std::to_string(dialect.http_status(status)) + " " + body + "\n";
}

std::string whole_answer(const Dialect& dialect, const ProviderReply& provider) {
  core::ReplyCollector collected;
  for (const ReplyStep& step : provider.steps()) {
    if (step.kind == ReplyStep::Kind::chunk && !collected.on_chunk(step.chunk()).ok()) ADD_FAILURE();
    if (step.kind == ReplyStep::Kind::fails) return error_answer(dialect, step.failure);
    if (step.kind == ReplyStep::Kind::ends) collected.reply().usage = step.usage;
  }
  std::string body;
  const core::Status said = dialect.whole(kHead, provider.request(), collected.reply(), body);
  return said.ok() ? "200 " + body + "\n" : error_answer(dialect, said);
}

// A chunk that cannot be said ends the stream with an error, as the handler does it.
std::string streamed_answer(const Dialect& dialect, const ProviderReply& provider, bool one_event_a_chunk) {
  const core::ChatRequest request = provider.request();
  const auto encoder = dialect.stream(kHead, request);
  std::string sent;
  for (const ReplyStep& step : provider.steps()) {
    std::vector<core::Chunk> chunks = {step.chunk()};
    if (one_event_a_chunk && step.json.empty()) {
      chunks.clear();
      for (const core::Event& event : step.events) chunks.push_back({{&event, 1}, {}});
    }
    for (const core::Chunk& chunk : chunks) {
      if (step.kind != ReplyStep::Kind::chunk) break;
      std::string out;
      const core::Status said = encoder->chunk(chunk, out);
      if (!said.ok()) {
        encoder->error(said, sent);
        return sent;
      }
      sent += out;
    }
    if (step.kind == ReplyStep::Kind::waits) encoder->heartbeat(sent);
    if (step.kind == ReplyStep::Kind::ends) encoder->end(step.usage, sent);
    if (step.kind == ReplyStep::Kind::fails) encoder->error(step.failure, sent);
  }
  return sent;
}

TEST_P(DialectReply, IsAnsweredWhole) {
  expect_golden(file(".answer"), whole_answer(dialect(), ProviderReply(GetParam().second)));
}

TEST_P(DialectReply, IsStreamedAlikeHoweverItsEventsArrive) {
  const ProviderReply provider(GetParam().second);
  const std::string sent = streamed_answer(dialect(), provider, false);
  expect_golden(file(".sse"), sent);
  EXPECT_EQ(streamed_answer(dialect(), provider, true), sent);
}

bool has_any(const std::string& text, std::initializer_list<const char*> marks) {
  return std::any_of(marks.begin(), marks.end(), [&](const char* mark) { return text.find(mark) != text.npos; });
}

TEST_P(DialectReply, EndsInACleanEndOrInAnErrorAndALostOneInAnError) {
  const ProviderReply provider(GetParam().second);
  const std::string sent = streamed_answer(dialect(), provider, false);
  const bool clean = has_any(sent, {"data: [DONE]\n", "event: message_stop\n", "event: response.completed\n",
                                    "event: response.incomplete\n"});
  const bool failed = has_any(sent, {"data: {\"error\":", "event: error\n", "event: response.failed\n"});
  EXPECT_NE(clean, failed) << sent;
  const bool lost = provider.steps().back().kind == ReplyStep::Kind::fails;
  EXPECT_TRUE(failed || !lost) << sent;
}
INSTANTIATE_TEST_SUITE_P(, DialectReply, ::testing::ValuesIn(every_reply_in_each_dialect()), named);

TEST(DialectGolden, ExpectsNothingOfAReplyThatIsGone) {
  for (const std::string& dialect : kChats) {
    EXPECT_EQ(names(dialect, ".sse"), names("replies", ".jsonl")) << dialect;
    EXPECT_EQ(names(dialect, ".answer"), names("replies", ".jsonl")) << dialect;
  }
}

TEST_P(DialectVectors, AreAnsweredAsTheRequestWantsThem) {
  const auto asked = question();
  ASSERT_TRUE(asked.ok()) << asked.status().message();
  core::Reply reply;
  reply.json = read_file(golden(file(".vectors.json")));
  reply.usage = {.input = 3, .reported = true};
  std::string body;
  const core::Status said = dialect().whole(kHead, asked->request, reply, body);
  expect_golden(file(".answer"), said.ok() ? "200 " + body + "\n" : error_answer(dialect(), said));
}
INSTANTIATE_TEST_SUITE_P(, DialectVectors, ::testing::ValuesIn(files_of_each_dialect(".vectors.json")), named);

TEST_P(DialectFailures, AreToldInItsOwnWords) {
  const JsonLines failures(golden("failures.jsonl"));
  std::string said;
  for (const element line : failures.lines()) said += error_answer(dialect(), failure_of(line));
  expect_golden(file(".said"), said);
}
std::vector<Case> failures_of_each_dialect() {
  std::vector<Case> cases = {{"embeddings", "failures"}};
  for (const std::string& dialect : kChats) cases.emplace_back(dialect, "failures");
  return cases;
}
INSTANTIATE_TEST_SUITE_P(, DialectFailures, ::testing::ValuesIn(failures_of_each_dialect()), named);

}  // namespace
}  // namespace gatehouse::testing
