#include "core/policy/stream_filter.h"

#include <deque>

namespace gatehouse::core {

StreamFilter::Windows& StreamFilter::windows(std::uint32_t choice) {
  return choices_.try_emplace(choice, policies_.size()).first->second;
}

Status StreamFilter::on_chunk(const Chunk& chunk) {
  if (!policies_.watches_text()) return next_.on_chunk(chunk);
  std::deque<std::string> texts;  // what rewritten events point to
  std::vector<Event> events;
  bool changed = false;
  for (const Event& event : chunk.events) {
    const bool finish = event.kind == Event::Kind::finish;
    if (event.kind != Event::Kind::text && !finish) {
      events.push_back(event);
      continue;
    }
    std::string& text = texts.emplace_back(finish ? std::string_view() : event.text);
    GH_TRY(filter(windows(event.choice), text, finish));
    changed |= finish ? !text.empty() : text != event.text;
    if (!text.empty()) {
      Event piece;
      piece.choice = event.choice;
      piece.text = text;
      events.push_back(piece);
    }
    if (finish) events.push_back(event);
  }
  if (changed && events.empty()) return {};
  return next_.on_chunk({events, changed ? std::string_view() : chunk.json});
}

Status StreamFilter::filter(Windows& windows, std::string& text, bool end) {
  for (std::size_t i = windows.size(); i-- > 0;) {
    switch (policies_.stream_mode(i)) {
      case StreamMode::none: break;
      case StreamMode::delta:
        if (!text.empty()) GH_TRY(policies_.on_chunk(i, text));
        break;
      case StreamMode::window:
        windows[i].push(text);
        text.clear();
        if (windows[i].has_fresh() && (end || windows[i].full())) {
          GH_TRY(policies_.on_chunk(i, windows[i].text()));
          text = windows[i].release(end);
        } else if (end) {
          text = windows[i].release(true);
        }
        break;
    }
  }
  return {};
}

}  // namespace gatehouse::core
