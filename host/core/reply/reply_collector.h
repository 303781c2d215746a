// Puts a reply together from its chunks, for callers that did not ask for a stream.
// One exchange, one thread at a time.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "core/reply/reply.h"

namespace gatehouse::core {

struct ToolCall {
  std::string id;
  std::string name;
  std::string arguments;  // JSON text, as the model wrote it
};

// What the model thought; the gateway carries it between provider and caller and reads none of it.
struct Reasoning {
  bool sealed = false;    // only the provider can read it
  std::string text;       // the words, or what is sealed
  std::string signature;  // of the words
  std::string tool_call;  // sealed: the id of the call it belongs to
  std::string format;     // which provider's it is
};

struct Choice {
  std::string text;
  std::vector<ToolCall> tool_calls;
  std::vector<Reasoning> reasoning;
  std::string finish_reason;
  std::string own_finish_reason;  // the provider's word for it
  std::string stop_sequence;      // that was met
};

struct Reply {
  std::map<std::uint32_t, Choice> choices;  // by index
  Usage usage;
  std::string json;  // the provider's own chat.completion, when it came whole and nothing changed it

  // What dialects with one answer tell; empty when there is none.
  const Choice& first_choice() const;
};

class ReplyCollector final : public ReplySink {
 public:
  static constexpr std::size_t kMaxToolCalls = 128;
  static constexpr std::size_t kMaxReasoning = 1024;  // pieces of reasoning

  Status on_chunk(const Chunk& chunk) override;
  Reply& reply() { return reply_; }

 private:
  Status add_tool_call(const Event& event);
  void finish(const Event& event);
  Status add_reasoning(const Event& event);

  Reply reply_;
  std::size_t chunks_ = 0;
};

}  // namespace gatehouse::core
