#include "dialects/openai_chat.h"

#include <set>

#include "dialects/event_stream.h"
#include "dialects/openai_json.h"

namespace gatehouse::dialects {

using core::Code;
using core::Event;
using core::JsonObject;

namespace {

// What OpenAI's own servers put in error.type and error.code.
std::string_view error_type(const core::Failure& failure, int http_status) {
  switch (failure.code) {
    case Code::not_found:
    case Code::method_not_allowed:
    case Code::too_large: return "invalid_request_error";
    case Code::rate_limited:
      if (failure.reason == "tokens" || failure.reason == "insufficient_quota") return failure.reason;
      return "requests";
    default: return http_status >= 500 ? "server_error" : core::info(failure.code).type;
  }
}

std::string_view error_code(const core::Failure& failure) {
  if (failure.code == Code::rate_limited && failure.reason != "insufficient_quota") return "rate_limit_exceeded";
  if (!failure.reason.empty()) return failure.reason;
  switch (failure.code) {
    case Code::unauthenticated: return "invalid_api_key";
    case Code::too_large: return "request_too_large";
    case Code::upstream_failed:
    case Code::upstream_unreachable:
    case Code::upstream_timeout:
    case Code::overloaded: return core::info(failure.code).type;
    default: return {};
  }
}

void append_error(JsonObject& object, const core::Status& status) {
  const core::Failure& failure = status.failure();
  JsonObject error(object.key("error"));
  error.add("message", failure.message).add("type", error_type(failure, status.http_status()));
  error.add_or_null("param", failure.param).add_or_null("code", error_code(failure));
  if (!failure.policy.empty()) error.add("policy", failure.policy);
  error.close();
}

void append_head(JsonObject& json, const AnswerHead& head, std::string_view object) {
  json.add("id", head.id).add("object", object).add("created", head.created).add("model", head.model);
}

class OpenAiChatStream final : public StreamEncoder {
 public:
  OpenAiChatStream(const AnswerHead& head, bool include_usage) : head_(head), include_usage_(include_usage) {}

  void chunk(const core::Chunk& chunk, std::string& out) override {
    if (!chunk.json.empty()) return pass_on(chunk, out);
    for (const Event& event : chunk.events) {
      if (event.kind != Event::Kind::usage) append_delta(event, out);
    }
  }

  void end(const core::Usage& usage, std::string& out) override {
    if (include_usage_ && !usage_sent_) {
      out.append("data: ");
      JsonObject json(out);
      append_head(json, head_, "chat.completion.chunk");
      append_usage(json.add_raw("choices", "[]"), usage);
      json.close();
      out.append("\n\n");
    }
    out.append(kDone);
  }

  void error(const core::Status& status, std::string& out) override {
    out.append("data: ");
    JsonObject json(out);
    append_error(json, status);
    json.close();
    out.append("\n\n");
  }

 private:
  // The provider speaks OpenAI: its chunk goes on as it is, less the usage nobody asked for.
  void pass_on(const core::Chunk& chunk, std::string& out) {
    const bool only_usage = chunk.events.size() == 1 && chunk.events[0].kind == Event::Kind::usage;
    if (only_usage && !include_usage_) return;
    usage_sent_ |= only_usage;
    constexpr std::string_view kNoUsage = ",\"usage\":null";
    const std::size_t at = include_usage_ ? chunk.json.npos : chunk.json.rfind(kNoUsage);
    if (at == chunk.json.npos) return append_event(out, chunk.json);
    out.append("data: ")
        .append(chunk.json.substr(0, at))
        .append(chunk.json.substr(at + kNoUsage.size()))
        .append("\n\n");
  }

  void append_delta(const Event& event, std::string& out) {
    out.append("data: ");
    JsonObject json(out);
    append_head(json, head_, "chat.completion.chunk");
    json.key("choices") += '[';
    JsonObject choice(out);
    choice.add("index", event.choice);
    JsonObject delta(choice.key("delta"));
    if (begun_.insert(event.choice).second) delta.add("role", "assistant");
    if (event.kind == Event::Kind::text) delta.add("content", event.text);
    if (event.kind == Event::Kind::tool_call) append_tool_call_piece(delta, event);
    delta.close();
    choice.add_or_null("finish_reason", event.kind == Event::Kind::finish ? event.text : std::string_view());
    choice.close();
    out += ']';
    if (include_usage_) json.add_raw("usage", "null");
    json.close();
    out.append("\n\n");
  }

  const AnswerHead& head_;
  bool include_usage_;
  bool usage_sent_ = false;
  std::set<std::uint32_t> begun_;  // choices whose role has been sent
};

}  // namespace

core::Result<Question> OpenAiChat::read(core::PaddedBytes body) const {
  core::Result<core::ChatRequest> request = core::ChatRequest::parse(std::move(body));
  if (!request.ok()) return request.status();
  return Question{*std::move(request), {}, {}};
}

void OpenAiChat::whole(const AnswerHead& head, const core::Reply& reply, std::string& out) const {
  if (!reply.json.empty()) return void(out.append(reply.json));
  JsonObject json(out);
  append_head(json, head, "chat.completion");
  json.key("choices") += '[';
  for (const auto& [index, choice] : reply.choices) {
    if (out.back() != '[') out += ',';
    JsonObject entry(out);
    entry.add("index", index);
    JsonObject message(entry.key("message"));
    message.add("role", "assistant");
    if (choice.text.empty() && !choice.tool_calls.empty())
      message.add_raw("content", "null");
    else
      message.add("content", choice.text);
    message.add_raw("refusal", "null");
    append_tool_calls(message, choice.tool_calls);
    message.close();
    entry.add_raw("logprobs", "null").add("finish_reason", choice.finish_reason).close();
  }
  out += ']';
  append_usage(json, reply.usage);
  json.close();
}

std::unique_ptr<StreamEncoder> OpenAiChat::stream(const AnswerHead& head, const core::ChatRequest& request) const {
  return std::make_unique<OpenAiChatStream>(head, request.include_usage());
}

void OpenAiChat::error(const core::Status& status, std::string& out) const {
  JsonObject json(out);
  append_error(json, status);
  json.close();
}

}  // namespace gatehouse::dialects
