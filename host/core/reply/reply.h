// What a provider says, in the gateway's own terms: events, in chunks as they arrive. Views, valid only during
// the call that carries them; one exchange, one thread at a time.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "core/money/usage.h"
#include "core/status.h"

namespace gatehouse::core {

struct Event {
  enum class Kind : std::uint8_t { text, tool_call, usage, finish, reasoning, sealed };
  Kind kind = Kind::text;
  std::uint32_t choice = 0;
  std::uint32_t index = 0;  // tool_call: which call; reasoning, sealed: which piece of reasoning
  std::string_view text;  // text, a piece of the arguments, the finish reason, a piece of or the whole sealed reasoning
  std::string_view id;    // tool_call, in its first piece; finish: the stop sequence; reasoning: its
                          // signature, in the last piece; sealed: the tool call it belongs to
  std::string_view name;  // tool_call, in its first piece; finish: the provider's own word; reasoning, sealed: format
  Usage usage;            // usage; a later one replaces an earlier one
};

// What a finish says where the provider's filter kept back the rest of an answer, or all of it.
inline constexpr std::string_view kContentFilter = "content_filter";

// What arrived in one go. `json` is the same in OpenAI shape where the provider speaks it (a
// chat.completion.chunk, or a whole chat.completion), so that unknown fields reach the caller.
struct Chunk {
  std::span<const Event> events;
  std::string_view json;
};

class ReplySink {
 public:
  virtual ~ReplySink() = default;
  // May block while the caller reads slowly. A failure means: stop, and return it.
  virtual Status on_chunk(const Chunk& chunk) = 0;
};

}  // namespace gatehouse::core
