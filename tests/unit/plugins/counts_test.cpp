// What each codec makes of the counts that its provider gives, in whatever shape.
#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "codec_exchange.h"

namespace gatehouse::testing {
namespace {

// A provider's whole answer; $ stands for its usage, with the members in it.
struct Wire {
  const char* plugin;
  const char* answer;
  const char* input;   // the name of the count
  const char* output;
};

constexpr Wire kWires[] = {
    {"openai",
     R"({"choices":[{"index":0,"message":{"role":"assistant","content":"hi"},"finish_reason":"stop"}],"usage":{$}})",
     "prompt_tokens", "completion_tokens"},
    {"openai",
     R"({"choices":[{"index":0,"message":{"role":"assistant","content":"hi"},"finish_reason":"stop"}],"usage":{$}})",
     "input_tokens", "output_tokens"},
    {"anthropic",
     R"({"type":"message","content":[{"type":"text","text":"hi"}],"stop_reason":"end_turn","usage":{$}})",
     "input_tokens", "output_tokens"},
    {"gemini", R"({"candidates":[{"content":{"parts":[{"text":"hi"}]},"finishReason":"STOP"}],"usageMetadata":{$}})",
     "promptTokenCount", "candidatesTokenCount"},
    {"ollama", R"({"message":{"role":"assistant","content":"hi"},"done":true,"done_reason":"stop",$})",
     "prompt_eval_count", "eval_count"},
};

std::string usage_line(const Wire& wire, const std::string& members) {
  std::string answer = wire.answer;
  const std::size_t place = answer.find('$');
  const bool alone = answer[place - 1] == ',' && members.empty();  // Ollama's counts stand beside the rest
  answer.replace(alone ? place - 1 : place, alone ? 2 : 1, members);
  PluginInstance plugin(wire.plugin);
  Exchange exchange(plugin, Request("m").user("hi"));
  const Outcome outcome = exchange.decode(answer, 200, true);
  EXPECT_EQ(outcome.status, GH_OK) << outcome.message() << "\n" << answer;
  const std::string& said = exchange.transcript();
  const std::size_t begin = said.find("usage ");
  return begin == said.npos ? "" : said.substr(begin, said.find('\n', begin) - begin);
}

std::string usage_line(const Wire& wire, const std::string& input, const std::string& output) {
  std::string members;
  if (!input.empty()) members += "\"" + std::string(wire.input) + "\":" + input;
  if (!output.empty()) members += (members.empty() ? "\"" : ",\"") + std::string(wire.output) + "\":" + output;
  return usage_line(wire, members);
}

std::string counted(int input, int output) {
  return "usage in=" + std::to_string(input) + " out=" + std::to_string(output) + " cached=0 cache_write=0 reasoning=0";
}

class Counts : public ::testing::TestWithParam<Wire> {};

TEST_P(Counts, ACountIsReadAndWhateverElseStandsThereIsNone) {
  EXPECT_EQ(usage_line(GetParam(), "1000", "500"), counted(1000, 500));
  EXPECT_EQ(usage_line(GetParam(), "1000.0", "5e2"), counted(1000, 500));
  EXPECT_EQ(usage_line(GetParam(), "", ""), "");
  for (const std::string none : {"null", "\"1000\"", "10.5", "-5", "-5.0", "[]", "{}", "1e300", "true", "18446744073709551615",
                                 "9007199254740993", "1e-300"}) {
    EXPECT_EQ(usage_line(GetParam(), none, none), "") << none;
    EXPECT_EQ(usage_line(GetParam(), "1000", none), counted(1000, 0)) << none << " leaves the other one read";
    EXPECT_EQ(usage_line(GetParam(), none, "500"), counted(0, 500)) << none;
  }
}

INSTANTIATE_TEST_SUITE_P(, Counts, ::testing::ValuesIn(kWires));

TEST(CountsOfOpenAi, AnAnswerNeverTookLessThanTheTotalSays) {
  const Wire& openai = kWires[0];
  EXPECT_EQ(usage_line(openai, R"("prompt_tokens":1000,"completion_tokens":9,"total_tokens":1309,
                                  "completion_tokens_details":{"reasoning_tokens":300})"),
            "usage in=1000 out=309 cached=0 cache_write=0 reasoning=300");
  EXPECT_EQ(usage_line(openai, R"("prompt_tokens":1000,"completion_tokens":309,"total_tokens":1309,
                                  "completion_tokens_details":{"reasoning_tokens":300})"),
            "usage in=1000 out=309 cached=0 cache_write=0 reasoning=300");
  EXPECT_EQ(usage_line(openai, R"("prompt_tokens":1000,"completion_tokens":9,"total_tokens":1309)"),
            "usage in=1000 out=309 cached=0 cache_write=0 reasoning=300");
  EXPECT_EQ(usage_line(openai, R"("total_tokens":1500)"), "") << "it does not say how much of it was the prompt";
  EXPECT_EQ(usage_line(openai, R"("prompt_tokens":1000,"total_tokens":1500)"), counted(1000, 500));
  EXPECT_EQ(usage_line(openai, R"("prompt_tokens":1000,"completion_tokens":9,"total_tokens":7)"), counted(1000, 9));
}

TEST(CountsOfOpenAi, ATotalThatCannotBeChangesNothing) {
  for (const std::string total : {"4000001", "9007199254740992", "1e300", "-1", "null", "\"1309\"", "1309.5", "{}"}) {
    EXPECT_EQ(usage_line(kWires[0], R"("prompt_tokens":1000,"completion_tokens":9,"total_tokens":)" + total),
              counted(1000, 9)) << total;
  }
}

TEST(CountsOfOpenAi, TheNamesOfTheChatGoFirstWhereverTheyStand) {
  EXPECT_EQ(usage_line(kWires[0], R"("prompt_tokens":1000,"completion_tokens":9,"input_tokens":0,"output_tokens":0)"),
            counted(1000, 9));
  EXPECT_EQ(usage_line(kWires[0], R"("input_tokens":7,"output_tokens":8,"prompt_tokens":1000,"completion_tokens":9)"),
            counted(1000, 9));
  EXPECT_EQ(usage_line(kWires[0], R"("prompt_tokens":null,"completion_tokens":0,"input_tokens":7,"output_tokens":8)"),
            counted(7, 8));
  EXPECT_EQ(usage_line(kWires[0], R"("prompt_tokens":1000,"completion_tokens":9,"prompt_cache_hit_tokens":700,
                                     "prompt_tokens_details":{"cached_tokens":0})"),
            "usage in=1000 out=9 cached=700 cache_write=0 reasoning=0");
}

TEST(CountsOfOpenAi, DeepSeekHasItsOwnNameForWhatWasCached) {
  EXPECT_EQ(usage_line(kWires[0], R"("prompt_tokens":1000,"completion_tokens":9,"prompt_cache_hit_tokens":700)"),
            "usage in=1000 out=9 cached=700 cache_write=0 reasoning=0");
}

TEST(CountsOfOpenAi, SoundAndImagesAreCountedApart) {
  EXPECT_EQ(usage_line(kWires[0], R"("prompt_tokens":1000,"completion_tokens":90,
      "prompt_tokens_details":{"audio_tokens":600,"image_tokens":50},"completion_tokens_details":{"audio_tokens":70})"),
            "usage in=1000 out=90 cached=0 cache_write=0 reasoning=0 audio_in=600 image_in=50 audio_out=70");
  EXPECT_EQ(usage_line(kWires[0], R"("input_tokens":1000,"output_tokens":90,
      "input_tokens_details":{"audio_tokens":600.0,"image_tokens":50},"output_tokens_details":{"audio_tokens":70})"),
            "usage in=1000 out=90 cached=0 cache_write=0 reasoning=0 audio_in=600 image_in=50 audio_out=70");
  for (const std::string none : {"null", "\"3\"", "-3", "1.5", "{}", "1e300"}) {
    EXPECT_EQ(usage_line(kWires[0], R"("prompt_tokens":1000,"completion_tokens":9,
        "prompt_tokens_details":{"audio_tokens":)" + none + "}"),
              counted(1000, 9)) << none;
  }
}

TEST(CountsOfGemini, SoundAndImagesAreCountedByTheirKind) {
  EXPECT_EQ(usage_line(kWires[3], R"("promptTokenCount":1000,"candidatesTokenCount":90,
      "promptTokensDetails":[{"modality":"TEXT","tokenCount":342},{"modality":"AUDIO","tokenCount":600},
                             {"modality":"IMAGE","tokenCount":50},{"modality":"VIDEO","tokenCount":8}],
      "candidatesTokensDetails":[{"modality":"TEXT","tokenCount":20},{"modality":"AUDIO","tokenCount":70}])"),
            "usage in=1000 out=90 cached=0 cache_write=0 reasoning=0 audio_in=600 image_in=50 audio_out=70");
  for (const std::string none : {"null", "7", "[null]", "[7]", R"([{"modality":"AUDIO"}])",
                                 R"([{"modality":"AUDIO","tokenCount":-1}])", R"([{"modality":7,"tokenCount":9}])"}) {
    EXPECT_EQ(usage_line(kWires[3], R"("promptTokenCount":10,"candidatesTokenCount":9,"promptTokensDetails":)" + none),
              counted(10, 9)) << none;
  }
}

TEST(CountsOfGemini, ThoughtsAndToolsAreCounted) {
  const Wire& gemini = kWires[3];
  EXPECT_EQ(usage_line(gemini, R"("promptTokenCount":10,"toolUsePromptTokenCount":5,"candidatesTokenCount":3,
                                  "thoughtsTokenCount":7,"totalTokenCount":25)"),
            "usage in=15 out=10 cached=0 cache_write=0 reasoning=7");
  EXPECT_EQ(usage_line(gemini, R"("promptTokenCount":10,"totalTokenCount":25)"), counted(10, 15));
}

TEST(CountsOfGemini, ThoughtsAloneAreNotTheAnswerWhereItsCountCannotBeRead) {
  for (const std::string none : {"null", "\"3\"", "-3", "1.5", "{}"}) {
    EXPECT_EQ(usage_line(kWires[3], R"("promptTokenCount":10,"thoughtsTokenCount":7,"candidatesTokenCount":)" + none),
              "usage in=10 out=0 cached=0 cache_write=0 reasoning=7") << none;
  }
}

TEST(CountsOfAnthropic, WhatWasCachedAloneIsNotThePrompt) {
  for (const std::string none : {"null", "\"3\"", "-3", "1.5", "{}"}) {
    EXPECT_EQ(usage_line(kWires[2], R"("cache_read_input_tokens":100,"output_tokens":9,"input_tokens":)" + none),
              "usage in=0 out=9 cached=100 cache_write=0 reasoning=0") << none;
  }
  EXPECT_EQ(usage_line(kWires[2], R"("cache_read_input_tokens":100,"output_tokens":9,"input_tokens":0)"),
            "usage in=100 out=9 cached=100 cache_write=0 reasoning=0");
}

TEST(CountsOfAnthropic, WhatIsCachedForAnHourIsCountedApart) {
  EXPECT_EQ(usage_line(kWires[2], R"("input_tokens":10,"output_tokens":9,"cache_creation_input_tokens":556,
      "cache_creation":{"ephemeral_5m_input_tokens":456,"ephemeral_1h_input_tokens":100})"),
            "usage in=566 out=9 cached=0 cache_write=556 reasoning=0 cache_write_1h=100");
  for (const std::string none : {"null", "\"3\"", "-3", "1.5", "{}"}) {
    EXPECT_EQ(usage_line(kWires[2], R"("input_tokens":10,"output_tokens":9,"cache_creation_input_tokens":56,
        "cache_creation":{"ephemeral_1h_input_tokens":)" + none + "}"),
              "usage in=66 out=9 cached=0 cache_write=56 reasoning=0") << none;
  }
}

TEST(CountsOfAnthropic, AStreamsLastUsageDoesNotRepeatWhatItDoesNotSay) {
  PluginInstance plugin("anthropic");
  Exchange exchange(plugin, Request("m").user("hi").stream(true));
  const auto say = [&](std::string_view event) { EXPECT_EQ(exchange.decode(event, 200, false).status, GH_OK); };
  say(R"({"type":"message_start","message":{"content":[],"usage":{"input_tokens":1000,"output_tokens":1}}})");
  say(R"({"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}})");
  say(R"({"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"many words"}})");
  say(R"({"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"output_tokens":null}})");
  EXPECT_NE(exchange.transcript().find(counted(1000, 1)), std::string::npos);
  EXPECT_NE(exchange.transcript().find(counted(1000, 0)), std::string::npos) << exchange.transcript();
}

}  // namespace
}  // namespace gatehouse::testing
