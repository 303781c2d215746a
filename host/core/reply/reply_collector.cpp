#include "core/reply/reply_collector.h"

namespace gatehouse::core {

const Choice& Reply::first_choice() const {
  static const Choice kNone;
  const auto first = choices.find(0);
  return first == choices.end() ? kNone : first->second;
}

Status ReplyCollector::on_chunk(const Chunk& chunk) {
  if (chunks_++ == 0)
    reply_.json = chunk.json;
  else
    reply_.json.clear();
  for (const Event& event : chunk.events) {
    switch (event.kind) {
      case Event::Kind::text: reply_.choices[event.choice].text.append(event.text); break;
      case Event::Kind::tool_call: GH_TRY(add_tool_call(event)); break;
      case Event::Kind::usage: reply_.usage = event.usage; break;
      case Event::Kind::finish: finish(event); break;
      case Event::Kind::reasoning:
      case Event::Kind::sealed: GH_TRY(add_reasoning(event)); break;
    }
  }
  return {};
}

void ReplyCollector::finish(const Event& event) {
  Choice& choice = reply_.choices[event.choice];
  choice.finish_reason = event.text;
  choice.own_finish_reason = event.name;
  choice.stop_sequence = event.id;
}

Status ReplyCollector::add_reasoning(const Event& event) {
  if (event.index >= kMaxReasoning) {
    return {Code::upstream_failed,
            "The provider sent more than " + std::to_string(kMaxReasoning) + " pieces of reasoning"};
  }
  auto& all = reply_.choices[event.choice].reasoning;
  if (all.size() <= event.index) all.resize(event.index + 1);
  Reasoning& reasoning = all[event.index];
  reasoning.sealed = event.kind == Event::Kind::sealed;
  reasoning.text.append(event.text);
  if (!event.name.empty()) reasoning.format = event.name;
  if (!event.id.empty()) (reasoning.sealed ? reasoning.tool_call : reasoning.signature) = event.id;
  return {};
}

Status ReplyCollector::add_tool_call(const Event& event) {
  if (event.index >= kMaxToolCalls) {
    return {Code::upstream_failed, "The provider sent more than " + std::to_string(kMaxToolCalls) + " tool calls"};
  }
  auto& calls = reply_.choices[event.choice].tool_calls;
  if (calls.size() <= event.index) calls.resize(event.index + 1);
  ToolCall& call = calls[event.index];
  if (!event.id.empty()) call.id = event.id;
  if (!event.name.empty()) call.name = event.name;
  call.arguments.append(event.text);
  return {};
}

}  // namespace gatehouse::core
