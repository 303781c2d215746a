#include "core/reply/reply_meter.h"

namespace gatehouse::core {

Status ReplyMeter::on_chunk(const Chunk& chunk) {
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
        unfinished_.insert(event.choice);
        break;
      case Event::Kind::reasoning: count(event.text); [[fallthrough]];
      case Event::Kind::sealed: unfinished_.insert(event.choice); break;
      case Event::Kind::usage:
        usage_ = event.usage;
        usage_.reported = true;
        reported |= usage_.output != 0;  // else the report is about the input alone
        break;
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
  return next_.on_chunk(chunk);
}

void ReplyMeter::count(std::string_view text) {
  if (text.empty()) return;
  if (keep_unreported_ && unreported_.bytes == unreported_.text.size() &&
      unreported_.bytes + text.size() <= kMostUnreported) {
    unreported_.text.append(text);
  }
  unreported_.bytes += text.size();
  ++unreported_.pieces;
}

}  // namespace gatehouse::core
