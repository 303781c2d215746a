#include "core/reply/opening.h"

#include <algorithm>

namespace gatehouse::core {
namespace {

bool begins_answer(const Event& event) {
  if (event.kind == Event::Kind::finish) return event.text != kContentFilter;
  return event.kind != Event::Kind::usage;
}

}  // namespace

Status Opening::on_chunk(const Chunk& chunk) {
  if (over_) return next_.on_chunk(chunk);
  over_ = bytes_ > kMost || std::any_of(chunk.events.begin(), chunk.events.end(), begins_answer);
  if (!over_) return hold(chunk), Status();
  GH_TRY(pass_on());
  return next_.on_chunk(chunk);
}

Status Opening::end() {
  over_ = true;
  return pass_on();
}

Status Opening::pass_on() {
  for (const Held& held : held_) GH_TRY(next_.on_chunk({held.events, held.json}));
  held_.clear();
  texts_.clear();
  return {};
}

void Opening::hold(const Chunk& chunk) {
  Held& held = held_.emplace_back();
  held.json = keep(chunk.json);
  held.events.assign(chunk.events.begin(), chunk.events.end());
  for (Event& event : held.events) {
    event.text = keep(event.text);
    event.id = keep(event.id);
    event.name = keep(event.name);
  }
  bytes_ += sizeof held + held.events.size() * sizeof(Event);
}

std::string_view Opening::keep(std::string_view text) {
  if (text.empty()) return {};
  bytes_ += text.size();
  return texts_.emplace_back(text);
}

}  // namespace gatehouse::core
