#include "anthropic_reply.h"

#include "anthropic_request.h"
#include "chat/counts.h"
#include "chat/refusal.h"

namespace anthropic {

using gatehouse::at;
using gatehouse::number_at;
using gatehouse::text_at;
using simdjson::dom::array;
using simdjson::dom::element;

namespace {

// What the gateway calls a stop reason; an unknown one is a natural end.
std::string_view finish_reason(std::string_view stop_reason) {
  if (stop_reason == "max_tokens" || stop_reason == "model_context_window_exceeded") return "length";
  if (stop_reason == "tool_use") return "tool_calls";
  if (stop_reason == "refusal") return "content_filter";
  return "stop";
}

// An error inside a stream. What is said of it before any output may be tried again elsewhere.
gatehouse::Error error_of(element event) {
  const std::string_view type = text_at(event, "/error/type").value_or("");
  const std::string words(text_at(event, "/error/message").value_or("it gave no reason"));
  const provider::Refusal refusal = provider::refusal_of({type}, words);
  if (refusal != provider::Refusal::none) return provider::refused(refusal, words, {}, 400);
  const std::string message = "the provider failed: " + words;
  const bool busy = type == "overloaded_error";
  const bool passing = busy || type == "rate_limit_error" || type == "api_error" || type == "timeout_error";
  gatehouse::Error error(passing ? GH_ERETRY : GH_EUPSTREAM, message);
  error.refused();
  if (busy) error.code("overloaded").http_status(503);
  if (type == "rate_limit_error") error.http_status(429);
  return error;
}

}  // namespace

void Reply::read_message(element message, gatehouse::Events& out) {
  if (text_at(message, "/type") == "error") throw error_of(message);
  const auto content = at<array>(message, "/content");
  if (!content) throw gatehouse::Error(GH_EUPSTREAM, "the provider's answer has no content; check its base_url");
  begun_ = true;
  std::uint64_t index = 0;
  for (const element block : *content) {
    begin_block(index, block, out);
    end_block(index++, out);
  }
  if (const auto usage = at<element>(message, "/usage")) read_usage(*usage, out);
  finish(message, out);
}

void Reply::read_event(element event, gatehouse::Events& out) {
  const std::string_view type = text_at(event, "/type").value_or("");
  const std::uint64_t index = number_at(event, "/index").value_or(0);
  if (type == "error") throw error_of(event);
  begun_ |= type == "message_start";
  if (type == "message_start") {
    if (const auto usage = at<element>(event, "/message/usage")) read_usage(*usage, out);
  } else if (type == "content_block_start") {
    if (const auto block = at<element>(event, "/content_block")) begin_block(index, *block, out);
  } else if (type == "content_block_delta") {
    if (const auto delta = at<element>(event, "/delta")) add_to_block(index, *delta, out);
  } else if (type == "content_block_stop") {
    end_block(index, out);
  } else if (type == "message_delta") {
    if (const auto usage = at<element>(event, "/usage")) read_usage(*usage, out);
    if (const auto delta = at<element>(event, "/delta")) finish(*delta, out);
  } else if (type == "message_stop") {
    out.end();
  }
}

// A block as it begins in a stream, or whole.
void Reply::begin_block(std::uint64_t index, element block, gatehouse::Events& out) {
  const std::string_view type = text_at(block, "/type").value_or("");
  Open& open = open_[index] = {};
  if (type == "text") {
    open.kind = Open::Kind::text;
    const std::string_view text = text_at(block, "/text").value_or("");
    if (!text.empty()) out.text(text);
  } else if (type == "tool_use") {
    open = {Open::Kind::tool, tools_++, true};
    std::string input;
    if (const auto given = at<simdjson::dom::object>(block, "/input"); given && given->size() != 0) {
      input = simdjson::minify(*given);
    }
    open.silent = input.empty();
    out.tool_call(open.number, text_at(block, "/id").value_or(""), text_at(block, "/name").value_or(""), input);
  } else if (type == "thinking") {
    open = {Open::Kind::thinking, thoughts_++, false};
    const std::string_view text = text_at(block, "/thinking").value_or("");
    const std::string_view signature = text_at(block, "/signature").value_or("");
    if (!text.empty() || !signature.empty()) out.reasoning(open.number, text, signature, kReasoningFormat);
  } else if (type == "redacted_thinking") {
    out.sealed(thoughts_++, text_at(block, "/data").value_or(""), {}, kReasoningFormat);
  }
}

void Reply::add_to_block(std::uint64_t index, element delta, gatehouse::Events& out) {
  const std::string_view type = text_at(delta, "/type").value_or("");
  const auto found = open_.find(index);
  if (found == open_.end()) {
    throw gatehouse::Error(GH_EUPSTREAM, "the provider continued a block of its answer that it had not begun");
  }
  Open& open = found->second;
  if (type == "text_delta") {
    out.text(text_at(delta, "/text").value_or(""));
  } else if (type == "input_json_delta" && open.kind == Open::Kind::tool) {
    const std::string_view piece = text_at(delta, "/partial_json").value_or("");
    if (piece.empty()) return;
    open.silent = false;
    out.tool_call(open.number, {}, {}, piece);
  } else if (type == "thinking_delta") {
    out.reasoning(open.number, text_at(delta, "/thinking").value_or(""), {}, kReasoningFormat);
  } else if (type == "signature_delta") {
    out.reasoning(open.number, {}, text_at(delta, "/signature").value_or(""), kReasoningFormat);
  }
}

void Reply::end_block(std::uint64_t index, gatehouse::Events& out) {
  const auto found = open_.find(index);
  if (found == open_.end()) return;
  // A tool that takes nothing is called with no arguments at all; to callers they are an object.
  if (found->second.kind == Open::Kind::tool && found->second.silent) out.tool_call(found->second.number, {}, {}, "{}");
  open_.erase(found);
}

// Each usage gives totals so far, of those counters it has. One that says nothing of the output does not repeat what an
// earlier one said of it: words have come since.
void Reply::read_usage(element usage, gatehouse::Events& out) {
  const auto count = [&](std::string_view name, std::uint64_t& so_far) {
    so_far = gatehouse::count_at(usage, name).value_or(so_far);
  };
  if (const auto fresh = gatehouse::count_at(usage, "/input_tokens")) fresh_input_ = fresh;
  count("/cache_read_input_tokens", usage_.cached);
  count("/cache_creation_input_tokens", usage_.cache_write);
  count("/cache_creation/ephemeral_1h_input_tokens", usage_.cache_write_1h);
  count("/output_tokens_details/thinking_tokens", usage_.reasoning);
  usage_.input = fresh_input_ ? *fresh_input_ + usage_.cached + usage_.cache_write : 0;
  usage_.output = gatehouse::count_at(usage, "/output_tokens").value_or(0);
  counts::report(usage_, out);
}

// holder has stop_reason and stop_sequence: the message, or the delta at its end.
void Reply::finish(element holder, gatehouse::Events& out) {
  const auto reason = text_at(holder, "/stop_reason");
  if (reason) out.finish(finish_reason(*reason), 0, *reason, text_at(holder, "/stop_sequence").value_or(""));
}

}  // namespace anthropic
