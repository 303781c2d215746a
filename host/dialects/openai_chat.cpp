#include "dialects/openai_chat.h"

#include <algorithm>
#include <set>

#include "dialects/event_stream.h"
#include "dialects/openai_json.h"

namespace gatehouse::dialects {

using core::Event;
using core::JsonArray;
using core::JsonObject;

namespace {

void append_head(JsonObject& json, const AnswerHead& head, std::string_view object) {
  json.add("id", head.id).add("object", object).add("created", head.created).add("model", head.model);
}

// What a provider of another kind called it, for agents that must tell a pause from an end.
void append_own_reason(JsonObject& choice, std::string_view reason, std::string_view own) {
  if (!own.empty() && own != reason) choice.add("native_finish_reason", own);
}

void append_choice(std::string& out, std::uint32_t index, const core::Choice& choice) {
  JsonObject entry(out);
  entry.add("index", index);
  JsonObject message(entry.key("message"));
  message.add("role", "assistant");
  if (choice.text.empty() && !choice.tool_calls.empty())
    message.add_raw("content", "null");
  else
    message.add("content", choice.text);
  message.add_raw("refusal", "null");
  append_reasoning(message, choice.reasoning);
  append_tool_calls(message, choice.tool_calls);
  message.close();
  entry.add_raw("logprobs", "null").add("finish_reason", choice.finish_reason);
  append_own_reason(entry, choice.finish_reason, choice.own_finish_reason);
}

class OpenAiChatStream final : public StreamEncoder {
 public:
  OpenAiChatStream(const AnswerHead& head, bool include_usage) : head_(head), include_usage_(include_usage) {}

  core::Status chunk(const core::Chunk& chunk, std::string& out) override {
    if (!chunk.json.empty()) {
      pass_on(chunk, out);
      return {};
    }
    for (const Event& event : chunk.events) {
      if (event.kind != Event::Kind::usage) append_delta(event, out);
    }
    return {};
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
    append_openai_error(status, out);
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
    const auto begin = static_cast<std::ptrdiff_t>(out.append("data: ").size());
    out.append(chunk.json.substr(0, at));
    if (at != chunk.json.npos) out.append(chunk.json.substr(at + kNoUsage.size()));
    // JSON has line breaks only where blanks do as well, and an event's data none at all.
    if (chunk.json.find('\n') != chunk.json.npos) std::replace(out.begin() + begin, out.end(), '\n', ' ');
    out.append("\n\n");
  }

  void append_delta(const Event& event, std::string& out) {
    out.append("data: ");
    JsonObject json(out);
    append_head(json, head_, "chat.completion.chunk");
    append_choices(event, json);
    if (include_usage_) json.add_raw("usage", "null");
    json.close();
    out.append("\n\n");
  }

  void append_choices(const Event& event, JsonObject& json) {
    JsonArray choices(json.key("choices"));
    JsonObject choice(choices.next());
    choice.add("index", event.choice);
    JsonObject delta(choice.key("delta"));
    if (begun_.insert(event.choice).second) delta.add("role", "assistant");
    if (event.kind == Event::Kind::text) delta.add("content", event.text);
    if (event.kind == Event::Kind::tool_call) append_tool_call_piece(delta, event);
    append_reasoning_piece(delta, event);
    delta.close();
    const bool finish = event.kind == Event::Kind::finish;
    choice.add_or_null("finish_reason", finish ? event.text : std::string_view());
    if (finish) append_own_reason(choice, event.text, event.name);
  }

  const AnswerHead& head_;
  bool include_usage_;
  bool usage_sent_ = false;
  std::set<std::uint32_t> begun_;  // choices whose role has been sent
};

}  // namespace

core::Result<Question> OpenAiChat::read(core::PaddedBytes body) const {
  GH_ASSIGN(auto&& request, core::ChatRequest::parse(std::move(body)));
  return Question{std::move(request), {}, {}};
}

core::Status OpenAiChat::whole(const AnswerHead& head, const core::ChatRequest&, const core::Reply& reply,
                               std::string& out) const {
  if (!reply.json.empty()) {
    out.append(reply.json);
    return {};
  }
  JsonObject json(out);
  append_head(json, head, "chat.completion");
  JsonArray choices(json.key("choices"));
  for (const auto& [index, choice] : reply.choices) append_choice(choices.next(), index, choice);
  choices.close();
  append_usage(json, reply.usage);
  return {};
}

std::unique_ptr<StreamEncoder> OpenAiChat::stream(const AnswerHead& head, const core::ChatRequest& request) const {
  return std::make_unique<OpenAiChatStream>(head, request.include_usage());
}

void OpenAiChat::error(const core::Status& status, std::string_view, std::string& out) const {
  append_openai_error(status, out);
}

}  // namespace gatehouse::dialects
