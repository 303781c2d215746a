#include "modules/adapters/event_abi.h"

#include <gatehouse/views.hpp>

namespace gatehouse::modules {

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
  if (event.kind == core::Event::Kind::usage) {
    event.usage = {raw.tokens_in,          raw.tokens_out,       raw.tokens_cached,
                   raw.tokens_cache_write, raw.tokens_reasoning, true};
  }
  return event;
}

}  // namespace gatehouse::modules
