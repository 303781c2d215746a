#include "core/reply_meter.h"

namespace gatehouse::core {

Status ReplyMeter::on_chunk(const Chunk& chunk) {
  if (chunks_++ == 0) first_chunk_ = std::chrono::steady_clock::now();
  for (const Event& event : chunk.events) {
    switch (event.kind) {
      case Event::Kind::text:
        if (keep_text_) text_.append(event.text);
        [[fallthrough]];
      case Event::Kind::tool_call:
        output_bytes_ += event.text.size() + event.name.size();
        if (!event.text.empty() || !event.name.empty()) ++output_pieces_;
        unfinished_.insert(event.choice);
        break;
      case Event::Kind::reasoning: output_bytes_ += event.text.size(); [[fallthrough]];
      case Event::Kind::sealed: unfinished_.insert(event.choice); break;
      case Event::Kind::usage:
        usage_ = event.usage;
        usage_.reported = true;
        break;
      case Event::Kind::finish:
        unfinished_.erase(event.choice);
        if (event.choice == 0 || finish_reason_.empty()) finish_reason_ = event.text;
        break;
    }
  }
  return next_.on_chunk(chunk);
}

}  // namespace gatehouse::core
