#include "core/reply/reply_meter.h"

#include <algorithm>
#include <vector>

namespace gatehouse::core {
namespace {

Status no_more() { return {Code::rate_limited, "The answer was ended: a limit has no more for it"}; }

}  // namespace

Status ReplyMeter::on_chunk(const Chunk& chunk) {
  if (ended_short_) return no_more();
  if (chunks_++ == 0) first_chunk_ = std::chrono::steady_clock::now();
  bool reported = false;
  for (const Event& event : chunk.events) {
    switch (event.kind) {
      case Event::Kind::text:
        if (keep_text_) text_.append(event.text);
        [[fallthrough]];
      case Event::Kind::tool_call:
        count(event.name);
        count(event.text);
        speak(event.choice);
        break;
      case Event::Kind::reasoning: count(event.text); [[fallthrough]];
      case Event::Kind::sealed: speak(event.choice); break;
      case Event::Kind::usage: reported |= take(event.usage); break;
      case Event::Kind::finish:
        unfinished_.erase(event.choice);
        if (event.choice == 0 || finish_reason_.empty()) finish_reason_ = event.text;
        break;
    }
  }
  if (reported) {
    unreported_.bytes = unreported_.pieces = 0;
    unreported_.text.clear();
  }
  GH_TRY(next_.on_chunk(chunk));
  return said_ >= look_at_ || (reported && allowance_ != nullptr) ? look() : Status();
}

// The caller has all that came: what is looked at is whether more may come.
Status ReplyMeter::look() {
  if (complete()) return {};
  const Allowance::Grant grant = allowance_->more(usage_, unreported_);
  belief_.answer += std::min(grant.tokens, Belief::kMost);
  look_at_ = said_ + grant.bytes;
  return grant.bytes != 0 ? Status() : end_short();
}

// As a provider does whose answer has reached its bound.
Status ReplyMeter::end_short() {
  static constexpr std::string_view kLength = "length";
  if (unfinished_.empty()) unfinished_.insert(0);
  std::vector<Event> ends;
  for (const std::uint32_t choice : unfinished_) {
    Event& end = ends.emplace_back();
    end.kind = Event::Kind::finish;
    end.choice = choice;
    end.text = kLength;
  }
  if (finish_reason_.empty() || unfinished_.contains(0)) finish_reason_ = kLength;
  unfinished_.clear();
  GH_TRY(next_.on_chunk({ends, {}}));
  ended_short_ = true;
  return no_more();
}

void ReplyMeter::speak(std::uint32_t choice) {
  spoke_ = true;
  unfinished_.insert(choice);
}

// False: it says nothing of the output.
bool ReplyMeter::take(const Usage& said) {
  const std::uint64_t reasoning = std::min(said.reasoning, said.output);
  const bool input = said.input <= belief_.input;
  const bool output = said.output <= Belief::kMost && said.output - reasoning <= belief_.answer;
  doubted_ |= !input || !output;
  if (input && said.input != 0) {
    usage_.input = said.input;
    usage_.cached = std::min(said.cached, said.input);
    usage_.cache_write = std::min(said.cache_write, said.input - usage_.cached);
    usage_.cache_write_1h = std::min(said.cache_write_1h, usage_.cache_write);
    usage_.audio_input = std::min(said.audio_input, said.input);
    usage_.image_input = std::min(said.image_input, said.input - usage_.audio_input);
  }
  const bool says_output = output && said.output != 0;
  if (says_output) {
    usage_.output = said.output;
    usage_.reasoning = reasoning;
    usage_.audio_output = std::min(said.audio_output, said.output - reasoning);
  }
  usage_.reported = usage_.input != 0;
  return says_output;
}

void ReplyMeter::count(std::string_view text) {
  if (text.empty()) return;
  said_ += text.size();
  if (keep_unreported_ && unreported_.bytes == unreported_.text.size() &&
      unreported_.bytes + text.size() <= kMostUnreported) {
    unreported_.text.append(text);
  }
  unreported_.bytes += text.size();
  ++unreported_.pieces;
}

}  // namespace gatehouse::core
