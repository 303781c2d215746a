// Puts a reply together from its chunks, for callers that did not ask for a stream.
// One exchange, one thread at a time.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "core/reply.h"

namespace gatehouse::core {

struct ToolCall {
  std::string id;
  std::string name;
  std::string arguments;  // JSON text, as the model wrote it
};

struct Choice {
  std::string text;
  std::vector<ToolCall> tool_calls;
  std::string finish_reason;
};

struct Reply {
  std::map<std::uint32_t, Choice> choices;  // by index
  Usage usage;
  std::string json;  // the provider's own chat.completion, when it came whole and nothing changed it
};

class ReplyCollector final : public ReplySink {
 public:
  static constexpr std::size_t kMaxToolCalls = 128;

  Status on_chunk(const Chunk& chunk) override;
  Reply& reply() { return reply_; }

 private:
  Status add_tool_call(const Event& event);

  Reply reply_;
  std::size_t chunks_ = 0;
};

}  // namespace gatehouse::core
