#include "modules/adapters/event_abi.h"

#include <gatehouse/views.hpp>

namespace gatehouse::modules {

namespace {

// A plugin of before 1.3 does not know the younger counts: what lies behind its event is not ours.
core::Usage to_usage(const gh_event& raw) {
  core::Usage usage;
  usage.input = raw.tokens_in;
  usage.output = raw.tokens_out;
  usage.cached = raw.tokens_cached;
  usage.cache_write = raw.tokens_cache_write;
  usage.reasoning = raw.tokens_reasoning;
  if (GH_HAS(gh_event, &raw, tokens_cache_write_1h)) usage.cache_write_1h = raw.tokens_cache_write_1h;
  if (GH_HAS(gh_event, &raw, tokens_audio_in)) usage.audio_input = raw.tokens_audio_in;
  if (GH_HAS(gh_event, &raw, tokens_image_in)) usage.image_input = raw.tokens_image_in;
  if (GH_HAS(gh_event, &raw, tokens_audio_out)) usage.audio_output = raw.tokens_audio_out;
  usage.reported = true;
  return usage;
}

}  // namespace

std::optional<core::Event> to_event(const gh_event& raw) {
  core::Event event;
  switch (raw.kind) {
    case GH_EVENT_TEXT:
      if (raw.text.len == 0) return std::nullopt;
      event.kind = core::Event::Kind::text;
      break;
    case GH_EVENT_TOOL_CALL: event.kind = core::Event::Kind::tool_call; break;
    case GH_EVENT_USAGE: event.kind = core::Event::Kind::usage; break;
    case GH_EVENT_FINISH: event.kind = core::Event::Kind::finish; break;
    case GH_EVENT_REASONING: event.kind = core::Event::Kind::reasoning; break;
    case GH_EVENT_SEALED: event.kind = core::Event::Kind::sealed; break;
    default: return std::nullopt;
  }
  event.choice = raw.choice;
  event.index = raw.index;
  event.text = view(raw.text);
  event.id = view(raw.id);
  event.name = view(raw.name);
  if (event.kind == core::Event::Kind::usage) event.usage = to_usage(raw);
  return event;
}

}  // namespace gatehouse::modules
