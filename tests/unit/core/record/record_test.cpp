#include "core/record/record.h"

#include <gtest/gtest.h>

namespace gatehouse::core {
namespace {

constexpr std::size_t kMost = 8'192;  // bytes of a line without tries

// A record in which every text that is not the gateway's own is this one.
Record full_of(const std::string& text) {
  Record record;
  record.began = std::chrono::system_clock::time_point(std::chrono::seconds(1'800'000'000));
  record.id = "gw-req-1";
  record.request_id = record.caller_id = record.client_id = text;
  record.model_requested = record.model_served = record.provider = record.finish_reason = text;
  record.outcome = Status(Code::upstream_failed, text);
  record.outcome.failure().reason = text;
  record.outcome.failure().detail = text;
  return record;
}

TEST(Record, NobodyCanMakeItLong) {
  const std::vector<Decision> decisions{
      {.policy = "p", .step = "request", .verdict = Verdict::Kind::deny, .code = std::string(1 << 20, 'c')}};
  const LogLinePtr line = full_of(std::string(1 << 20, 'x')).line(decisions);
  EXPECT_LE(line->json.size(), kMost);
  Record control;
  control.client_id = control.model_requested = std::string(1 << 20, '\x01');  // each is six bytes in JSON
  EXPECT_LE(control.line({})->json.size(), kMost);
}

TEST(Record, ATriesWordsAreBoundedToo) {
  Record record;
  Try one;
  one.provider = one.model = one.detail = std::string(1 << 20, 'x');
  const std::size_t without = record.line({})->json.size();
  record.tries = {one, one};
  EXPECT_LE(record.line({})->json.size(), without + 2 * 1'400);
}

TEST(Record, IsCutAtTheEndOfACharacterAndStaysOneLine) {
  std::string text(255, 'x');
  for (int i = 0; i < 100; ++i) text += "ä";
  const LogLinePtr line = full_of(text).line({});
  EXPECT_NE(line->json.find('"' + std::string(255, 'x') + '"'), std::string::npos)
      << "half a character would stand at its end";
  EXPECT_EQ(full_of("a\nb").line({})->json.find('\n'), std::string::npos);
}

TEST(Record, SaysWhatItHas) {
  Record record = full_of("m");
  record.status = 502;
  record.unrecorded = 7;
  const std::string json = record.line({})->json;
  for (const char* part :
       {R"("ts":"2027-01-15T08:00:00.000000Z")", R"("id":"gw-req-1")", R"("model_requested":"m")",
        R"("error_type":"upstream_error")", R"("error_detail":"m")", R"("status":502)", R"("unrecorded":7)"})
    EXPECT_NE(json.find(part), std::string::npos) << part << " in " << json;
  EXPECT_EQ(Record().line({})->json.find("unrecorded"), std::string::npos);
}

// Those that few models have are there where there are any, the others always.
TEST(Record, HasEveryCountOfTokens) {
  Record record;
  record.usage = {.input = 1,
                  .output = 2,
                  .cached = 3,
                  .cache_write = 4,
                  .reasoning = 5,
                  .cache_write_1h = 6,
                  .audio_input = 7,
                  .image_input = 8,
                  .audio_output = 9};
  const std::string json = record.line({})->json, none = Record().line({})->json;
  for (const char* part : {R"("in_tokens":1)", R"("out_tokens":2)", R"("cached_tokens":3)", R"("cache_write_tokens":4)",
                           R"("reasoning_tokens":5)", R"("cache_write_1h_tokens":6)", R"("audio_in_tokens":7)",
                           R"("image_in_tokens":8)", R"("audio_out_tokens":9)"})
    EXPECT_NE(json.find(part), std::string::npos) << part << " in " << json;
  for (const char* part : {R"("in_tokens":0)", R"("out_tokens":0)", R"("cached_tokens":0)", R"("cache_write_tokens":0)",
                           R"("reasoning_tokens":0)"})
    EXPECT_NE(none.find(part), std::string::npos) << part << " in " << none;
  for (const char* part : {"cache_write_1h_tokens", "audio_in_tokens", "image_in_tokens", "audio_out_tokens"})
    EXPECT_EQ(none.find(part), std::string::npos) << part << " in " << none;
}

}  // namespace
}  // namespace gatehouse::core
