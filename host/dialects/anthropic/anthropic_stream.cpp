#include "dialects/anthropic/anthropic_stream.h"

#include "dialects/anthropic/anthropic_json.h"
#include "dialects/event_stream.h"
#include "dialects/reasoning_seal.h"

namespace gatehouse::dialects {

using core::Event;
using core::JsonObject;

namespace {

// One event, its "type" twice: as the event's name and in its data.
class TypedEvent {
 public:
  TypedEvent(std::string& out, std::string_view type) : out_(out), json_((begin_event(out, type), out)) {
    json_.add("type", type);
  }
  ~TypedEvent() {
    json_.close();
    out_.append("\n\n");
  }
  JsonObject* operator->() { return &json_; }
  JsonObject& operator*() { return json_; }

 private:
  std::string& out_;
  JsonObject json_;
};

void append_delta(std::string& out, std::uint64_t index, std::string_view type, std::string_view name,
                  std::string_view value) {
  TypedEvent event(out, "content_block_delta");
  JsonObject delta(event->add("index", index).key("delta"));
  delta.add("type", type).add(name, value);
}

}  // namespace

core::Status AnthropicStream::chunk(const core::Chunk& chunk, std::string& out) {
  for (const Event& event : chunk.events) {
    if (event.kind == Event::Kind::usage) usage_ = event.usage;
  }
  if (!begun_) begin(out);
  for (const Event& event : chunk.events) {
    if (event.choice == 0) GH_TRY(this->event(event, out));
  }
  return {};
}

void AnthropicStream::begin(std::string& out) {
  begun_ = true;
  TypedEvent event(out, "message_start");
  JsonObject message(event->key("message"));
  message.add("id", head_.id).add("type", "message").add("role", "assistant").add("model", head_.model);
  message.add_raw("content", "[]").add_raw("stop_reason", "null").add_raw("stop_sequence", "null");
  append_anthropic_usage(message, usage_);
}

core::Status AnthropicStream::event(const Event& event, std::string& out) {
  switch (event.kind) {
    case Event::Kind::text: text(event, out); break;
    case Event::Kind::tool_call: return tool_call(event, out);
    case Event::Kind::reasoning: reasoning(event, out); break;
    case Event::Kind::sealed: sealed(event, out); break;
    case Event::Kind::usage: break;  // told at the end
    case Event::Kind::finish:
      finish_reason_ = event.text;
      own_finish_reason_ = event.name;
      stop_sequence_ = event.id;
      break;
  }
  return {};
}

bool AnthropicStream::open(Block block, std::uint32_t number, std::string& out) {
  if (block_ == block && number_ == number) return false;
  close(out);
  block_ = block;
  number_ = number;
  return true;
}

void AnthropicStream::close(std::string& out) {
  if (block_ == Block::none) return;
  TypedEvent(out, "content_block_stop")->add("index", index_++);
  block_ = Block::none;
}

void AnthropicStream::text(const Event& event, std::string& out) {
  if (event.text.empty()) return;
  if (open(Block::text, 0, out)) {
    TypedEvent start(out, "content_block_start");
    start->add("index", index_).add_raw("content_block", R"({"type":"text","text":""})");
  }
  append_delta(out, index_, "text_delta", "text", event.text);
}

core::Status AnthropicStream::tool_call(const Event& event, std::string& out) {
  const bool is_open = block_ == Block::tool && number_ == event.index;
  if (!is_open && event.index < next_tool_) {
    return {core::Code::upstream_failed, "The provider went back to a tool call that it had ended"};
  }
  if (open(Block::tool, event.index, out)) {
    next_tool_ = event.index + 1;
    TypedEvent start(out, "content_block_start");
    JsonObject block(start->add("index", index_).key("content_block"));
    block.add("type", "tool_use").add("id", event.id).add("name", event.name).add_raw("input", "{}");
  }
  if (!event.text.empty()) append_delta(out, index_, "input_json_delta", "partial_json", event.text);
  return {};
}

void AnthropicStream::reasoning(const Event& event, std::string& out) {
  if (open(Block::thinking, event.index, out)) {
    TypedEvent start(out, "content_block_start");
    start->add("index", index_).add_raw("content_block", R"({"type":"thinking","thinking":"","signature":""})");
  }
  if (!event.text.empty()) append_delta(out, index_, "thinking_delta", "thinking", event.text);
  if (event.id.empty()) return;
  const bool ours = event.name == kAnthropicFormat;
  append_delta(out, index_, "signature_delta", "signature",
               ours ? std::string(event.id) : wrap({event.name, {}, event.id, true}));
}

void AnthropicStream::sealed(const Event& event, std::string& out) {
  close(out);
  const bool ours = event.name == kAnthropicFormat;
  {
    TypedEvent start(out, "content_block_start");
    JsonObject block(start->add("index", index_).key("content_block"));
    block.add("type", "redacted_thinking");
    block.add("data", ours ? std::string(event.text) : wrap({event.name, event.id, event.text, false}));
  }
  TypedEvent(out, "content_block_stop")->add("index", index_++);
}

void AnthropicStream::end(const core::Usage& usage, std::string& out) {
  if (!begun_) begin(out);
  close(out);
  {
    TypedEvent event(out, "message_delta");
    JsonObject delta(event->key("delta"));
    append_stop_reason(delta, finish_reason_, own_finish_reason_, stop_sequence_);
    delta.close();
    append_anthropic_usage(*event, usage);
  }
  TypedEvent(out, "message_stop");
}

void AnthropicStream::error(const core::Status& status, std::string& out) {
  begin_event(out, "error");
  append_anthropic_error(status, head_.request_id, out);
  out.append("\n\n");
}

void AnthropicStream::heartbeat(std::string& out) { TypedEvent(out, "ping"); }

}  // namespace gatehouse::dialects
