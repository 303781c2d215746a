#include "dialects/responses/responses_stream.h"

#include "dialects/event_stream.h"

namespace gatehouse::dialects {

using core::JsonObject;

// Its type is there twice: as the event's name and in its data.
class ResponsesStream::Event {
 public:
  Event(ResponsesStream& stream, std::string& out, std::string_view type)
      : out_(out), json_((begin_event(out, type), out)) {
    json_.add("type", type).add("sequence_number", stream.sequence_++);
  }
  ~Event() {
    json_.close();
    out_.append("\n\n");
  }
  JsonObject* operator->() { return &json_; }

  // Where in the output it belongs.
  Event& at(const ResponsesStream& stream) {
    json_.add("item_id", stream.item_->id).add("output_index", stream.place_);
    return *this;
  }
  // And where in the item: its only part.
  Event& at_part(const ResponsesStream& stream) {
    at(stream);
    json_.add(stream.item_->kind == Kind::message ? "content_index" : "summary_index", 0);
    return *this;
  }

 private:
  std::string& out_;
  JsonObject json_;
};

core::Status ResponsesStream::chunk(const core::Chunk& chunk, std::string& out) {
  if (!begun_) begin(out);
  for (const core::Event& event : chunk.events) {
    if (event.choice == 0) GH_TRY(this->event(event, out));
  }
  return {};
}

void ResponsesStream::begin(std::string& out) {
  begun_ = true;
  ResponseState state;
  state.status = "in_progress";
  finish("response.created", state, out);
  finish("response.in_progress", state, out);
}

void ResponsesStream::finish(std::string_view type, const ResponseState& state, std::string& out) {
  Event event(*this, out, type);
  append_response(event->key("response"), head_, state);
}

core::Status ResponsesStream::event(const core::Event& event, std::string& out) {
  switch (event.kind) {
    case core::Event::Kind::text:
      if (event.text.empty()) break;
      open(Kind::message, 0, out);
      add_text(event.text, out);
      break;
    case core::Event::Kind::tool_call: return tool_call(event, out);
    case core::Event::Kind::reasoning:
    case core::Event::Kind::sealed: reasoning(event, out); break;
    case core::Event::Kind::usage: break;  // told at the end
    case core::Event::Kind::finish: finish_reason_ = event.text; break;
  }
  return {};
}

ResponseItem& ResponsesStream::open(Kind kind, std::uint32_t number, std::string& out) {
  if (is_open(kind, number)) return *item_;
  close(out);
  item_.emplace();
  item_->kind = kind;
  item_->id = item_id(kind, head_, place_);
  number_ = number;
  has_part_ = false;
  if (kind != Kind::call) announce(nullptr, out);
  return *item_;
}

// Tells of the open item; call: its name and id.
void ResponsesStream::announce(const core::Event* call, std::string& out) {
  if (call != nullptr) {
    item_->call_id = call->id;
    item_->name = call->name;
  }
  Event event(*this, out, "response.output_item.added");
  append_item(event->add("output_index", place_).key("item"), *item_, true);
}

void ResponsesStream::add_text(std::string_view piece, std::string& out) {
  const Kind kind = item_->kind;
  const bool message = kind == Kind::message;
  if (!has_part_) {
    has_part_ = true;
    Event event(*this, out, message ? "response.content_part.added" : "response.reasoning_summary_part.added");
    append_text_part(event.at_part(*this)->key("part"), kind, {});
  }
  item_->text += piece;
  Event event(*this, out, message ? "response.output_text.delta" : "response.reasoning_summary_text.delta");
  event.at_part(*this)->add("delta", piece);
  if (message) event->add_raw("logprobs", "[]");
}

core::Status ResponsesStream::tool_call(const core::Event& event, std::string& out) {
  if (!is_open(Kind::call, event.index)) {
    if (event.index < next_tool_) {
      return {core::Code::upstream_failed, "The provider went back to a tool call that it had ended"};
    }
    next_tool_ = event.index + 1;
    open(Kind::call, event.index, out);
    announce(&event, out);
  }
  if (event.text.empty()) return {};
  item_->text += event.text;
  Event(*this, out, "response.function_call_arguments.delta").at(*this)->add("delta", event.text);
  return {};
}

void ResponsesStream::reasoning(const core::Event& event, std::string& out) {
  const bool words = event.kind == core::Event::Kind::reasoning;
  ResponseItem& item = open(Kind::reasoning, event.index, out);
  if (words) {
    if (!event.text.empty()) add_text(event.text, out);
    if (!event.id.empty() || item.opaque.empty()) item.opaque = opaque_of(true, event.name, {}, event.id);
  } else {
    item.opaque = opaque_of(false, event.name, event.id, event.text);
  }
}

void ResponsesStream::close(std::string& out) {
  if (!item_) return;
  const Kind kind = item_->kind;
  if (kind == Kind::call) {
    Event(*this, out, "response.function_call_arguments.done")
        .at(*this)
        ->add("name", item_->name)
        .add("arguments", item_->text);
  } else if (has_part_) {
    const bool message = kind == Kind::message;
    Event(*this, out, message ? "response.output_text.done" : "response.reasoning_summary_text.done")
        .at_part(*this)
        ->add("text", item_->text);
    Event part(*this, out, message ? "response.content_part.done" : "response.reasoning_summary_part.done");
    append_text_part(part.at_part(*this)->key("part"), kind, item_->text);
  }
  {
    Event done(*this, out, "response.output_item.done");
    append_item(done->add("output_index", place_).key("item"), *item_, false);
  }
  output_.push_back(*std::move(item_));
  item_.reset();
  ++place_;
}

void ResponsesStream::end(const core::Usage& usage, std::string& out) {
  if (!begun_) begin(out);
  close(out);
  ResponseState state = ended(finish_reason_);
  state.output = output_;
  state.usage = &usage;
  finish(state.status == "incomplete" ? "response.incomplete" : "response.completed", state, out);
}

void ResponsesStream::error(const core::Status& status, std::string& out) {
  ResponseState state;
  state.status = "failed";
  state.failure = &status;
  state.output = output_;
  finish("response.failed", state, out);
}

}  // namespace gatehouse::dialects
